//! The four controlled matters (GUI-02, DIS-03), prior reports (GUI-01) and what is passed on to the Party committee (GUI-05).

use lunzhi::office::OfficeKind;
use sqlx::Executor;
use time::{Date, Duration};

use crate::support::{
    Client, FIRST, PASSWORD, Page, Portal,
    elected::send_scan,
    vetting::{Stage, stage, student_account},
};

/// A student who acts for a union's own office.
pub async fn officer(portal: &Portal, number: u32, kind: OfficeKind) -> Client {
    student_account(portal, number).await;
    sqlx::query(
        "insert into office (id, account_id, institution_id, kind, college_id, from_day, granted_at)
         select gen_random_uuid(), a.id, a.institution_id, $2,
                case when $2 = 'college_union'
                     then (select c.id from college c where c.institution_id = a.institution_id limit 1) end,
                '2024-09-01', story_now()
         from account a join institution i on i.id = a.institution_id where a.number = $1 and i.code = $3",
    )
    .bind(format!("2024{number:04}"))
    .bind(kind.slug())
    .bind(FIRST)
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let mut client = portal.visitor();
    assert_eq!(client.sign_in(FIRST, &format!("2024{number:04}"), PASSWORD).await.status, 303);
    client
}

/// An activity's application, with what a story says otherwise.
pub async fn apply(client: &mut Client, day: Date, more: &[(&str, &str)]) -> Page {
    let starts = format!("{day}T19:00");
    let mut fields = vec![
        ("kind", "activity"),
        ("title", "冬日读书会"),
        ("number", "20240010"),
        ("phone", "13800000000"),
        ("starts", starts.as_str()),
        ("place", "图书馆报告厅"),
        ("people", "60"),
        ("why", "引导同学多读书"),
        ("how", "分享、讨论、交换书籍"),
    ];
    fields.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    fields.extend_from_slice(more);
    client.post("/matters/new", &fields).await
}

pub async fn applied(client: &mut Client, day: Date, more: &[(&str, &str)]) -> String {
    let done = apply(client, day, more).await;
    assert_eq!(done.status, 303, "{}", done.text());
    done.location().split('?').next().unwrap().to_owned()
}

pub async fn sign(client: &mut Client, matter: &str, word: &str) -> Page {
    let fields = [("word", word), ("says", "按学生会管理办法"), ("content", "yes")];
    client.post(&format!("{matter}/sign"), &fields).await
}

/// Those who sign for the school's union.
pub struct Signers {
    pub presidium: Client,
    pub guide: Client,
    pub deputy: Client,
}

impl Signers {
    pub async fn of(portal: &Portal) -> Self {
        Self {
            presidium: officer(portal, 1, OfficeKind::SchoolUnion).await,
            guide: portal.signed_in(OfficeKind::SchoolLeague).await,
            deputy: portal.signed_in(OfficeKind::DeputySecretary).await,
        }
    }

    pub async fn approve(&mut self, matter: &str) {
        for signer in [&mut self.presidium, &mut self.guide, &mut self.deputy] {
            let done = sign(signer, matter, "agree").await;
            assert_eq!(done.status, 303, "{}", done.text());
        }
    }
}

async fn begin(client: &mut Client, matter: &str, at: &str) -> Page {
    client.post(&format!("{matter}/begin"), &[("at", at)]).await
}

#[tokio::test]
async fn gui_02_an_activity_is_signed_step_by_step_before_it_begins_and_settled_before_it_closes() {
    let Stage { portal, today, .. } = stage().await;
    let mut filer = portal.signed_in(OfficeKind::SchoolUnion).await;
    let mut signers = Signers::of(&portal).await;
    let day = today + Duration::days(40);
    let unfit = apply(&mut filer, day, &[("people", "许多"), ("budget", "横幅"), ("number", "29990001")]).await;
    assert_eq!(unfit.status, 422);
    assert_eq!(unfit.field("名称"), "冬日读书会");
    assert!(unfit.fault("参加人数").contains("整数") && unfit.fault("经费预算").contains("第 1 行"));
    let unsafe_ = apply(&mut filer, day, &[("people", "101")]).await;
    assert!(unsafe_.status == 409 && unsafe_.text().contains("安全预案"), "{}", unsafe_.text());
    let soon = apply(&mut filer, today + Duration::days(1), &[]).await;
    assert!(soon.status == 409 && soon.text().contains("提前 5 个工作日"), "{}", soon.text());
    // As a phone's keyboard writes numbers.
    let typed = [("budget", "横幅 120.50\n场地：300 元"), ("people", "６０ 人"), ("phone", "１３８０００００００1")];
    let matter = applied(&mut filer, day, &typed).await;
    let page = filer.get(&matter).await.text();
    assert!(page.contains("60人") && page.contains("13800000001") && page.contains("300.00"), "{page}");

    let refused = sign(&mut filer, &matter, "agree").await;
    assert!(refused.status == 409 && refused.text().contains("主席团成员签署"), "{}", refused.text());
    assert_eq!(sign(&mut signers.guide, &matter, "agree").await.status, 409, "out of turn");
    let refused = begin(&mut filer, &matter, "").await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("开展对外联系、使用经费物资等事项的审核管理"), "the clause: {}", refused.text());
    assert_eq!(sign(&mut signers.presidium, &matter, "agree").await.status, 303);
    assert!(signers.guide.get("/").await.text().contains("签署 1 件四类事项的意见"));
    let unread = signers.guide.post(&format!("{matter}/sign"), &[("word", "agree"), ("says", "")]).await;
    assert_eq!(unread.status, 422, "DIS-03: the content is read first");
    assert_eq!(sign(&mut signers.guide, &matter, "agree").await.status, 303);
    assert_eq!(begin(&mut filer, &matter, "").await.status, 409, "one step is missing");
    assert_eq!(sign(&mut signers.deputy, &matter, "agree").await.status, 303);

    let yesterday = format!("{}T23:59:59", today - Duration::DAY);
    let refused = begin(&mut filer, &matter, &yesterday).await;
    assert!(refused.status == 409 && refused.text().contains("在其以前"), "{}", refused.text());
    assert_eq!(begin(&mut filer, &matter, "2099-01-01T00:00").await.status, 422, "still to come");
    assert_eq!(begin(&mut filer, &matter, "").await.status, 303);
    let page = filer.get(&matter).await.text();
    assert!(page.contains("420.50") && page.contains("已开展，待总结"), "{page}");

    let loan = [("what", "音响"), ("quantity", "2"), ("lender", "团委办公室"), ("due", &day.to_string())];
    assert_eq!(filer.post(&format!("{matter}/loans"), &loan).await.status, 303);
    let home = filer.get("/").await;
    assert!(home.text().contains("归还借用的物资：音响 × 2"), "{}", home.text());
    assert!(home.attributes(".waiting a", "href").contains(&format!("{matter}#loans")));
    assert!(!signers.guide.get("/").await.text().contains("归还借用的物资"), "theirs to return");
    let close = [("summary", "六十人参加，交换书籍一百册。")];
    let refused = filer.post(&format!("{matter}/close"), &close).await;
    assert!(refused.status == 409 && refused.text().contains("决算还差 2 项"), "{}", refused.text());
    assert!(refused.text().contains("没有归还"));
    let short = [("spent", "118.80"), ("receipt", ""), ("spent", "0"), ("receipt", "")];
    assert_eq!(filer.post(&format!("{matter}/settle"), &short).await.status, 422, "a receipt for what was spent");
    let settled = [("spent", "118.80"), ("receipt", "票据 0231"), ("spent", "0"), ("receipt", "")];
    assert_eq!(filer.post(&format!("{matter}/settle"), &settled).await.status, 303);
    let back = filer.get(&matter).await.attributes("form[action$='/back']", "action").remove(0);
    assert_eq!(filer.post(&back, &[]).await.status, 303);
    assert!(!filer.get("/").await.text().contains("归还借用的物资"));
    assert_eq!(filer.post(&format!("{matter}/close"), &close).await.status, 303);
    assert_eq!(filer.post(&format!("{matter}/close"), &close).await.status, 409, "once");
    let paper = filer.get(&format!("{matter}/form")).await.text();
    for part in ["活动申请表", "118.80", "票据 0231", "420.50", "内容已审核", "交换书籍一百册"] {
        assert!(paper.contains(part), "{part}: {paper}");
    }
    assert!(filer.get(&format!("{matter}/form.docx")).await.bytes.starts_with(b"PK"));
    let figures = signers.guide.get("/matters?which=all").await.text();
    assert!(figures.contains("近一年"), "{figures}");
}

#[tokio::test]
async fn gui_02_a_change_after_the_approval_asks_again_and_the_database_says_so_too() {
    let Stage { portal, today, .. } = stage().await;
    let mut filer = portal.signed_in(OfficeKind::SchoolUnion).await;
    let mut signers = Signers::of(&portal).await;
    let day = today + Duration::days(40);
    let matter = applied(&mut filer, day, &[]).await;
    assert_eq!(sign(&mut signers.presidium, &matter, "return").await.status, 303);
    assert!(filer.get("/").await.text().contains("修改被退回的申请"));
    let change = async |filer: &mut Client, place: &str| {
        let starts = format!("{day}T19:00");
        let fields = [
            ("title", "冬日读书会"),
            ("number", "20240010"),
            ("phone", "13800000000"),
            ("starts", starts.as_str()),
            ("place", place),
            ("people", "60"),
            ("why", "引导同学多读书"),
            ("how", "分享、讨论"),
        ];
        filer.post(&format!("{matter}/change"), &fields).await.status
    };
    assert_eq!(change(&mut filer, "大礼堂").await, 303);
    signers.approve(&matter).await;
    assert!(filer.get(&matter).await.text().contains("已批准"));
    assert_eq!(change(&mut filer, "体育馆").await, 303);
    let page = filer.get(&matter).await.text();
    assert!(page.contains("第 3 次提交") && page.contains("体育馆") && page.contains("待签署"), "{page}");
    assert_eq!(begin(&mut filer, &matter, "").await.status, 409, "what was approved is another thing");
    let forced = portal
        .owner()
        .await
        .execute(
            "update matter set stage = 'begun', approved_at = story_now(), begun_at = story_now(), begun_noted_at = story_now(),
                                    begun_by = filed_by, summary_due = story_day()",
        )
        .await
        .unwrap_err();
    let constraint = forced.as_database_error().and_then(|error| error.constraint().map(str::to_owned));
    assert_eq!(constraint.as_deref(), Some("matter_every_step"));
    assert_eq!(filer.post(&format!("{matter}/withdraw"), &[]).await.status, 303);
    assert_eq!(change(&mut filer, "操场").await, 409, "withdrawn for good");
    assert_eq!(sign(&mut signers.presidium, &matter, "agree").await.status, 409);
}

#[tokio::test]
async fn gui_02_a_publication_a_contact_and_funds_have_forms_of_their_own() {
    let Stage { portal, mut league, today, .. } = stage().await;
    let mut filer = portal.signed_in(OfficeKind::SchoolUnion).await;
    let mut signers = Signers::of(&portal).await;
    let day = today + Duration::days(40);
    let unfit = apply(&mut filer, day, &[("kind", "publication"), ("channel", "公众号")]).await;
    assert!(unfit.status == 422 && unfit.fault("发布的全文").contains("全文"));
    let more = [("kind", "publication"), ("channel", "公众号"), ("body", "本周六举办读书会，欢迎参加。")];
    let post = applied(&mut filer, day, &more).await;
    signers.approve(&post).await;
    assert_eq!(begin(&mut filer, &post, "").await.status, 303);
    assert!(filer.get(&format!("{post}/form")).await.text().contains("信息发布审批表"));
    let more = [("kind", "contact"), ("partner", "青岛某公司"), ("contact", "sponsor")];
    let soon = apply(&mut filer, today + Duration::days(10), &more).await;
    assert!(soon.status == 409 && soon.text().contains("提前 22 个工作日"), "{}", soon.text());
    let urgent = [more[0], more[1], more[2], ("urgent", "企业本周才确定")];
    let contact = applied(&mut filer, today + Duration::days(10), &urgent).await;
    assert!(league.get("/matters").await.text().contains("加急"));
    assert_eq!(sign(&mut signers.presidium, &contact, "refuse").await.status, 303);
    assert!(filer.get(&contact).await.text().contains("不予批准"));
    let more = [("kind", "funds"), ("source", "start"), ("budget", "打印 88.8")];
    let funds = applied(&mut filer, day, &more).await;
    assert!(filer.get(&format!("{funds}/form")).await.text().contains("经费申请与决算表"));

    // The committee sets another chain: what is filed from then on takes it.
    let rules = league.get("/matters/rules").await;
    let chains = rules.all("select[name=chain]").len();
    let mut fields = Vec::new();
    for place in 0..chains {
        fields.push(("chain", if place == 3 { "deputy" } else { "all" }));
        fields.push(("lead", "3"));
        fields.push(("large", "9"));
    }
    assert_eq!(league.post("/matters/rules", &fields).await.status, 303);
    fields.push(("lead", "many"));
    fields.remove(1);
    assert_eq!(league.post("/matters/rules", &fields).await.status, 422);
    let funds = applied(&mut filer, day, &more).await;
    assert_eq!(sign(&mut signers.deputy, &funds, "agree").await.status, 303);
    assert!(filer.get(&funds).await.text().contains("已批准"));
}

#[tokio::test]
async fn gui_02_nothing_is_published_contacted_or_paid_a_second_before_the_last_word() {
    let Stage { portal, today, .. } = stage().await;
    let mut filer = portal.signed_in(OfficeKind::SchoolUnion).await;
    let mut signers = Signers::of(&portal).await;
    let kinds: [&[(&str, &str)]; 4] = [
        &[("kind", "activity")],
        &[("kind", "publication"), ("channel", "公众号"), ("body", "本周六举办读书会，欢迎参加。")],
        &[("kind", "contact"), ("partner", "青岛某中学"), ("contact", "visit")],
        &[("kind", "funds"), ("source", "start")],
    ];
    for own in kinds {
        let mut more = own.to_vec();
        more.push(("budget", "打印 88.8"));
        let matter = applied(&mut filer, today + Duration::days(60), &more).await;
        let loan = [("what", "音响"), ("quantity", "2"), ("lender", "团委办公室"), ("due", &today.to_string())];
        let spent = [("spent", "88.80"), ("receipt", "票据 0231")];
        for step in 0..3 {
            assert_eq!(begin(&mut filer, &matter, "").await.status, 409, "{own:?}, {step} of 3 steps");
            assert_eq!(filer.post(&format!("{matter}/settle"), &spent).await.status, 409, "{own:?}");
            assert_eq!(filer.post(&format!("{matter}/loans"), &loan).await.status, 409, "{own:?}");
            assert_eq!(filer.post(&format!("{matter}/close"), &[("summary", "办了")]).await.status, 409, "{own:?}");
            let signer = [&mut signers.presidium, &mut signers.guide, &mut signers.deputy].into_iter().nth(step);
            assert_eq!(sign(signer.unwrap(), &matter, "agree").await.status, 303, "{own:?}");
        }
        let (before,): (String,) = sqlx::query_as(
            "select to_char(approved_at at time zone 'Asia/Shanghai' - interval '1 second', 'YYYY-MM-DD\"T\"HH24:MI:SS')
             from matter where id = $1::uuid",
        )
        .bind(matter.rsplit('/').next().unwrap())
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap();
        let refused = begin(&mut filer, &matter, &before).await;
        assert!(refused.status == 409 && refused.text().contains("在其以前"), "{own:?}: {}", refused.text());
        let elsewhere = begin(&mut filer, &matter, &format!("{before}Z")).await;
        assert_eq!(elsewhere.status, 422, "a time of another zone is no time of a form");
        assert_eq!(begin(&mut filer, &matter, "").await.status, 303, "{own:?}");
        assert_eq!(filer.post(&format!("{matter}/settle"), &spent).await.status, 303, "{own:?}");
    }
}

#[tokio::test]
async fn gui_02_whoever_holds_the_office_when_the_matter_comes_signs() {
    let Stage { portal, today, .. } = stage().await;
    let mut filer = portal.signed_in(OfficeKind::SchoolUnion).await;
    let mut signers = Signers::of(&portal).await;
    let matter = applied(&mut filer, today + Duration::days(40), &[]).await;
    assert_eq!(sign(&mut signers.presidium, &matter, "agree").await.status, 303);
    assert_eq!(sign(&mut signers.guide, &matter, "agree").await.status, 303);
    let mut db = portal.owner().await;
    db.execute("update office set ended_at = story_now() where kind = 'deputy_secretary'").await.unwrap();
    assert!(filer.get(&matter).await.text().contains("现在无人任职"));
    let former = sign(&mut signers.deputy, &matter, "agree").await;
    assert_ne!(former.status, 200);
    assert!(filer.get(&matter).await.text().contains("待签署"), "the former deputy secretary has signed nothing");
    db.execute(
        "insert into office (id, account_id, institution_id, kind, from_day, granted_at)
         select gen_random_uuid(), a.id, a.institution_id, 'deputy_secretary', '2024-09-01', story_now()
         from account a join institution i on i.id = a.institution_id
         where a.number = 'student_affairs' and i.code = 'first'",
    )
    .await
    .unwrap();
    let mut successor = portal.visitor();
    assert_eq!(successor.sign_in(FIRST, "student_affairs", PASSWORD).await.status, 303);
    assert_eq!(sign(&mut successor, &matter, "agree").await.status, 303);
    assert!(filer.get(&matter).await.text().contains("已批准"));
}

#[tokio::test]
async fn gui_01_a_major_activity_is_reported_before_it_begins_and_a_late_report_is_kept_as_one() {
    let Stage { portal, mut league, today, .. } = stage().await;
    let mut filer = portal.signed_in(OfficeKind::SchoolUnion).await;
    let mut signers = Signers::of(&portal).await;
    let day = today + Duration::days(40);
    let large = [("people", "300"), ("safety", "疏散通道四处，校医到场")];
    let matter = applied(&mut filer, day, &large).await;
    signers.approve(&matter).await;
    let refused = begin(&mut filer, &matter, "").await;
    assert!(refused.status == 409 && refused.text().contains("须事先向学校团委报告"), "{}", refused.text());
    let id = matter.rsplit('/').next().unwrap();
    let form = filer.get(&format!("/prior-reports/new?kind=activity&matter={id}")).await;
    assert_eq!(form.field("名称"), "冬日读书会");
    let at = format!("{day}T19:00");
    let mut fields = vec![
        ("kind", "activity"),
        ("matter", id),
        ("title", "冬日读书会"),
        ("says", "拟举办三百人读书会"),
        ("why", "引导同学多读书"),
        ("when", "after"),
        ("at", at.as_str()),
    ];
    assert_eq!(filer.post("/prior-reports/new", &fields).await.status, 422, "it has not happened yet");
    fields[5] = ("when", "before");
    let done = filer.post("/prior-reports/new", &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let report = done.location().split('?').next().unwrap().to_owned();
    assert_eq!(filer.post("/prior-reports/new", &fields).await.status, 409, "once");
    let early = format!("{}T08:00", today - Duration::DAY);
    assert_eq!(begin(&mut filer, &matter, &early).await.status, 409, "before the report");
    assert_eq!(begin(&mut filer, &matter, "").await.status, 303);
    let paper = filer.get(&format!("{report}/paper")).await.text();
    assert!(paper.contains("重大活动报告") && paper.contains("参加人数超过100人"), "{paper}");

    let past = format!("{}T08:00", today - Duration::DAY);
    let late = [
        ("kind", "decision"),
        ("title", "调整部门设置"),
        ("ground", "调整部门设置"),
        ("says", "合并两个部门"),
        ("why", "精简"),
        ("when", "after"),
        ("at", past.as_str()),
    ];
    let done = filer.post("/prior-reports/new", &late).await;
    assert!(done.location().ends_with("reported-late"), "{}", done.text());
    let path = done.location().split('?').next().unwrap().to_owned();
    assert!(filer.get(&path).await.text().contains("迟报"));
    assert_eq!(filer.post(&format!("{path}/decide"), &[("decision", "合并")]).await.status, 409);
    assert!(league.get("/prior-reports").await.text().contains("迟报"));
    assert_eq!(portal.signed_in(OfficeKind::CollegeUnion).await.get(&path).await.status, 404);
}

#[tokio::test]
async fn gui_01_a_decision_dated_before_the_report_is_refused_and_gui_05_what_matters_is_passed_on() {
    let Stage { portal, mut league, today, .. } = stage().await;
    let mut filer = portal.signed_in(OfficeKind::SchoolUnion).await;
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    let at = format!("{}T08:00", today + Duration::days(9));
    let mut fields = vec![
        ("kind", "decision"),
        ("title", "修改学生会章程"),
        ("ground", ""),
        ("says", "修改章程第三条"),
        ("why", "与方案一致"),
        ("when", "before"),
        ("at", at.as_str()),
    ];
    assert_eq!(filer.post("/prior-reports/new", &fields).await.status, 422);
    fields[2] = ("ground", "制定、修改章程和规章制度");
    let done = filer.post("/prior-reports/new", &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let report = done.location().split('?').next().unwrap().to_owned();
    assert_eq!(party.get(&report).await.status, 404, "nothing was passed on yet");
    let decide = |when: String| vec![("decided_at", when), ("decision", "通过修改".to_owned())];
    let send = async |filer: &mut Client, fields: Vec<(&str, String)>| {
        let pairs: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        filer.post(&format!("{report}/decide"), &pairs).await
    };
    let refused = send(&mut filer, decide(format!("{}T20:00", today - Duration::DAY))).await;
    assert!(refused.status == 409 && refused.text().contains("须事先向学校团委报告"), "{}", refused.text());
    assert!(league.get("/").await.text().contains("答复 1 件事先报告"));
    assert_eq!(league.post(&format!("{report}/answer"), &[("answer", "agreed")]).await.status, 422);
    assert_eq!(league.post(&format!("{report}/pass"), &[]).await.status, 409, "not answered yet");
    let answer = [("answer", "agreed"), ("says", "按程序修改"), ("party", "yes")];
    assert_eq!(league.post(&format!("{report}/answer"), &answer).await.status, 303);
    assert_eq!(league.post(&format!("{report}/answer"), &answer).await.status, 409, "once");
    let page = league.get(&report).await.text();
    assert!(page.contains("及时向党委汇报学生会工作重大事项"), "the clause: {page}");
    assert!(league.get("/").await.text().contains("向学校党委汇报 1 件"));
    assert_eq!(league.post(&format!("{report}/pass"), &[]).await.status, 303);
    let early = [("day", "2020-01-01"), ("reply", "同意")];
    assert_eq!(party.post(&format!("{report}/reply"), &early).await.status, 422);
    let reply = [("day", &*today.to_string()), ("reply", "同意，落实到位")];
    assert_eq!(party.post(&format!("{report}/reply"), &reply).await.status, 303);
    assert!(league.get(&report).await.text().contains("落实到位"));
    assert_eq!(send(&mut filer, decide(String::new())).await.status, 303);
    assert_eq!(send(&mut filer, decide(String::new())).await.status, 409, "once");
    let paper = filer.get(&format!("{report}/paper")).await.text();
    assert!(paper.contains("重要事项报告") && paper.contains("通过修改") && paper.contains("落实到位"), "{paper}");

    // The committee's own list.
    let ground = [("measure", "decision"), ("label", "更换会徽")];
    assert_eq!(league.post("/matters/rules/grounds", &ground).await.status, 303);
    assert_eq!(league.post("/matters/rules/grounds", &[("measure", "people"), ("threshold", "x")]).await.status, 422);
    let drop = [("key", "rules")];
    assert_eq!(league.post("/matters/rules/grounds/drop", &drop).await.status, 303);
    let form = filer.get("/prior-reports/new?kind=decision").await.text();
    assert!(form.contains("更换会徽") && !form.contains("制定、修改章程"), "{form}");
}

#[tokio::test]
async fn gui_02_receipts_are_kept_as_scans_that_the_union_and_its_signers_see() {
    let Stage { portal, today, .. } = stage().await;
    let mut filer = portal.signed_in(OfficeKind::SchoolUnion).await;
    let mut signers = Signers::of(&portal).await;
    let matter = applied(&mut filer, today + Duration::days(40), &[("budget", "横幅 120.50\n场地 300")]).await;
    let receipts = format!("{matter}/receipts");
    let scan = b"%PDF-1.4 receipt".as_slice();
    let sent = send_scan(&mut filer, &receipts, &[("line", "1")], Some(scan)).await;
    assert_eq!(sent.status, 409, "nothing was spent before it begins");
    signers.approve(&matter).await;
    assert_eq!(begin(&mut filer, &matter, "").await.status, 303);
    let unfit = send_scan(&mut filer, &receipts, &[("line", "3")], None).await;
    assert_eq!(unfit.status, 422);
    assert!(unfit.fault("哪一项的单据").contains("哪一项") && unfit.fault("扫描件").contains("请选择"));
    let unfit = send_scan(&mut filer, &receipts, &[("line", "2")], Some(b"MZ executable".as_slice())).await;
    assert!(unfit.status == 422 && unfit.fault("扫描件").contains("PDF"), "{}", unfit.text());
    let sent = send_scan(&mut filer, &receipts, &[("line", "1")], Some(scan)).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let path = filer.get(&matter).await.attributes("td a[download]", "href").remove(0);
    assert_eq!(filer.get(&path).await.bytes, scan);
    assert_eq!(signers.deputy.get(&path).await.bytes, scan);
    // Whoever sees the matter and signs nothing of it sees no receipts, and no other union's officers see either.
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    let page = party.get(&matter).await;
    assert!(page.status == 200 && page.attributes("td a[download]", "href").is_empty());
    assert_eq!(party.get(&path).await.status, 403);
    assert_eq!(portal.signed_in(OfficeKind::CollegeUnion).await.get(&path).await.status, 404);
    let mut college = portal.signed_in(OfficeKind::CollegeUnion).await;
    assert_eq!(college.post(&format!("{path}/drop"), &[]).await.status, 404);

    assert_eq!(filer.post(&format!("{path}/drop"), &[]).await.status, 303);
    assert_eq!(filer.post(&format!("{path}/drop"), &[]).await.status, 409, "once");
    assert_eq!(filer.get(&path).await.status, 404);
    let (left,): (i64,) = sqlx::query_as("select count(*) from document where bytes = $1")
        .bind(scan)
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap();
    assert_eq!(left, 0, "its file goes with it");
    assert_eq!(send_scan(&mut filer, &receipts, &[("line", "2")], Some(scan)).await.status, 303);
    let settled = [("spent", "0"), ("receipt", ""), ("spent", "300"), ("receipt", "票据 0232")];
    assert_eq!(filer.post(&format!("{matter}/settle"), &settled).await.status, 303);
    assert_eq!(filer.post(&format!("{matter}/close"), &[("summary", "六十人参加。")]).await.status, 303);
    let path = filer.get(&matter).await.attributes("td a[download]", "href").remove(0);
    assert_eq!(filer.post(&format!("{path}/drop"), &[]).await.status, 409, "what is closed stands");
    assert_eq!(send_scan(&mut filer, &receipts, &[("line", "1")], Some(scan)).await.status, 409);
    // A scan that proves something outlives the sweep of those to which nothing refers.
    portal.app.clock.advance(Duration::days(2));
    let mut filer = portal.signed_in(OfficeKind::SchoolUnion).await;
    let other = applied(&mut filer, today + Duration::days(45), &[("budget", "印刷 50")]).await;
    let mut signers = Signers {
        presidium: again(&portal, "20240001").await,
        guide: portal.signed_in(OfficeKind::SchoolLeague).await,
        deputy: portal.signed_in(OfficeKind::DeputySecretary).await,
    };
    signers.approve(&other).await;
    assert_eq!(begin(&mut filer, &other, "").await.status, 303);
    assert_eq!(send_scan(&mut filer, &format!("{other}/receipts"), &[("line", "1")], Some(scan)).await.status, 303);
    assert_eq!(filer.get(&path).await.bytes, scan);
}

/// Somebody who has an account signs in again.
pub async fn again(portal: &Portal, number: &str) -> Client {
    let mut client = portal.visitor();
    assert_eq!(client.sign_in(FIRST, number, PASSWORD).await.status, 303);
    client
}

#[tokio::test]
async fn gui_01_gui_02_what_is_late_stands_on_the_overview_with_a_link() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let mut filer = portal.signed_in(OfficeKind::SchoolUnion).await;
    let past = format!("{}T08:00", today - Duration::DAY);
    let late = [
        ("kind", "decision"),
        ("title", "调整部门设置"),
        ("ground", "调整部门设置"),
        ("says", "合并两个部门"),
        ("why", "精简"),
        ("when", "after"),
        ("at", past.as_str()),
    ];
    let overview = league.get("/compliance?rule=GUI-01").await;
    assert!(!overview.text().contains("迟报 1 件"), "{}", overview.text());
    assert_eq!(filer.post("/prior-reports/new", &late).await.status, 303);
    let overview = league.get("/compliance?rule=GUI-01").await;
    assert!(overview.text().contains("近一年事先报告 1 件，其中迟报 1 件"), "{}", overview.text());
    assert!(overview.attributes(".breaches a", "href").contains(&"/prior-reports".to_owned()));
    let findings = format!("{school}/findings");
    assert!(league.get(&findings).await.text().contains("须事先向学校团委报告"), "the clause");
    // Of who sees no controlled matters the link is not shown.
    let mut affairs = portal.signed_in(OfficeKind::StudentAffairs).await;
    let page = affairs.get(&findings).await;
    assert!(page.text().contains("迟报 1 件"));
    assert!(!page.attributes("a", "href").contains(&"/prior-reports".to_owned()));
    assert!(page.attributes("a", "href").contains(&"/union-meetings".to_owned()), "the working meeting is late");
}
