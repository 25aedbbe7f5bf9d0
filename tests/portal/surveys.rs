//! Questionnaires: from the draft to the findings and what follows (RGT-03), sealed until they are counted, in the open only where
//! nobody is told apart.

use calamine::Reader as _;
use lunzhi::{office::OfficeKind, people::retention::ErasedPeople};
use sqlx::Connection as _;
use time::Duration;

use crate::support::{
    Client, Portal,
    questionnaires::{QUESTIONS, answer, draft, ended, many, number, opened},
    vetting::{Stage, stage, student_account},
};

/// Another college with a class of another year; moves students from the number on into it.
async fn move_to_other_college(portal: &Portal, first: u32, count: u32) {
    let mut db = portal.owner().await;
    for statement in [
        "insert into college (id, institution_id, name) select gen_random_uuid(), id, '机电工程系' from institution
         where code = 'first' on conflict do nothing",
        "insert into major (id, college_id, name, level)
         select gen_random_uuid(), c.id, '机电', 'vocational' from college c join institution i on i.id = c.institution_id
         where i.code = 'first' and c.name = '机电工程系' on conflict do nothing",
        "insert into class (id, major_id, entry_year, name)
         select gen_random_uuid(), m.id, 2025, '机电2501班' from major m where m.name = '机电' on conflict do nothing",
    ] {
        sqlx::query(statement).execute(&mut db).await.unwrap();
    }
    sqlx::query(
        "update student s set class_id = k.id from class k, institution i
         where k.name = '机电2501班' and i.id = s.institution_id and i.code = 'first'
               and s.number between '2024' || lpad($1::text, 4, '0') and '2024' || lpad($2::text, 4, '0')",
    )
    .bind(i32::try_from(first).unwrap())
    .bind(i32::try_from(first + count - 1).unwrap())
    .execute(&mut db)
    .await
    .unwrap();
}

pub async fn adopt_jining(portal: &Portal) {
    sqlx::query(
        "insert into adoption (institution_id, seq, effective_from, plan_version_id, adopted_at, adopted_by)
         select a.institution_id, a.seq + 1, a.effective_from, v.id, a.adopted_at, a.adopted_by
         from adoption a, plan_version v where v.code = 'jining-2022'",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
async fn rgt_03_a_questionnaire_goes_from_the_draft_to_its_findings_and_what_follows() {
    let Stage { portal, .. } = stage().await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let unfit = union.post("/surveys", &[("title", "食"), ("purpose", "说明丁")]).await;
    assert_eq!(unfit.status, 422);
    for says in ["至少两个字", "请选择匿名还是实名", "请填写开始时间", "请填写截止时间"] {
        assert!(unfit.text().contains(says), "{says}: {}", unfit.text());
    }
    assert_eq!(unfit.field("为什么调研，结果怎样用"), "说明丁", "what was typed is still there");
    let made = draft(&portal, &mut union, "yes", &[]).await;
    let path = made.location().split("/desk").next().unwrap().to_owned();
    let mut student = student_account(&portal, 100).await;
    assert_eq!(student.get(&path).await.status, 404, "a draft is nobody else's");
    assert_eq!(union.post(&format!("{path}/open"), &[]).await.status, 409, "it has no question");
    let wrong = [("kind", "single"), ("says", "问"), ("options", "只有一项")];
    let wrong = union.post(&format!("{path}/questions"), &wrong).await;
    assert!(wrong.status == 422 && wrong.field("选项") == "只有一项", "{}", wrong.text());
    for question in QUESTIONS {
        assert_eq!(union.post(&format!("{path}/questions"), question).await.status, 303);
    }
    assert_eq!(union.post(&format!("{path}/questions"), QUESTIONS[0]).await.status, 303);
    assert_eq!(union.post(&format!("{path}/questions/1/remove"), &[]).await.status, 303, "those behind it move up");
    assert_eq!(union.post(&format!("{path}/questions/9/remove"), &[]).await.status, 404);
    let desk = union.get(&format!("{path}/desk")).await.text();
    assert!(desk.contains("1. 先改进什么") && desk.contains("5. 在哪里吃午饭"), "{desk}");
    assert_eq!(union.post(&format!("{path}/discard"), &[]).await.status, 303);

    let path = opened(&portal, &mut union, "yes", &[]).await;
    assert_eq!(union.post(&format!("{path}/questions"), QUESTIONS[0]).await.status, 409, "what is asked stays");
    assert_eq!(union.post(&format!("{path}/questions"), &[("says", "")]).await.status, 409, "whatever was typed");
    assert_eq!(union.post(&format!("{path}/discard"), &[]).await.status, 409);
    assert!(student.get("/").await.text().contains("填写问卷：食堂满意度调研"));
    let page = student.get(&path).await;
    for says in ["匿名：谁也看不到谁答了什么", "统计以前做的备份和数据库日志里封存的答卷还在"]
    {
        assert!(page.text().contains(says), "{says}: {}", page.text());
    }

    // What is missing or wrong is said beside its question, and everything is still there.
    let fields = [("q1", "2"), ("q2", "1"), ("q2", "2"), ("q2", "3"), ("q4", "1"), ("q4", "1"), ("q5", "多开窗口")];
    let unfit = student.post(&format!("{path}/answer"), &fields).await;
    assert_eq!(unfit.status, 422);
    for says in ["第 2 题最多选 2 项", "第 3 题还没有回答", "第 4 题请给每一项填 1 至 2 的次序"]
    {
        assert!(unfit.text().contains(says), "{says}: {}", unfit.text());
    }
    assert_eq!(unfit.attributes("input[name=q1][checked]", "value"), ["2"]);
    assert_eq!(unfit.attributes("input[name=q2][checked]", "value"), ["1", "2", "3"]);
    assert_eq!(unfit.attributes("input[name=q4]", "value"), ["1", "1"]);
    assert_eq!(unfit.field("5. 还想说什么"), "多开窗口");
    let long = "字".repeat(301);
    let unfit = answer(&mut student, &path, "1", &long).await;
    assert!(unfit.status == 422 && unfit.text().contains("不能超过 300 字"), "{}", unfit.text());
    assert_eq!(unfit.field("5. 还想说什么"), long);
    assert_eq!(number(&portal, "select count(*) from survey_envelope").await, 0, "nothing half-written");

    let done = answer(&mut student, &path, "1", "多开窗口").await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert!(student.get(&path).await.text().contains("你已经答过"));
    assert!(student.get("/surveys").await.text().contains("你答过的，等公布结果"));
    let twice = answer(&mut student, &path, "2", "").await;
    assert!(twice.status == 409 && twice.text().contains("每人一份"), "{}", twice.text());
    many(&portal, &path, 101, 5, "1").await;

    // Before the close there is a step and nothing else.
    let desk = union.get(&format!("{path}/desk")).await.text();
    assert!(desk.contains("收到的答卷：5 份以上，面向 150 人") && !desk.contains("意见甲101乙"), "{desk}");
    assert_eq!(union.get(&format!("{path}/file")).await.status, 404);
    let mut union = ended(&portal).await;
    assert!(union.get("/").await.text().contains("统计调研“食堂满意度调研”"));
    let mut late = student_account(&portal, 120).await;
    let refused = answer(&mut late, &path, "1", "").await;
    assert!(refused.status == 409 && refused.text().contains("已经截止"), "{}", refused.text());
    assert_eq!(union.post(&format!("{path}/findings"), &[("findings", "早了")]).await.status, 409);
    assert_eq!(union.post(&format!("{path}/close"), &[]).await.status, 303);
    assert_eq!(union.post(&format!("{path}/close"), &[]).await.status, 409, "once");
    let desk = union.get(&format!("{path}/desk")).await.text();
    assert!(desk.contains("100.0%") && desk.contains("意见甲103乙") && desk.contains("平均 4.0 分"), "{desk}");
    assert!(!late.get(&path).await.text().contains("意见甲103乙"), "not before it is published");

    // Findings, what follows, and what came of it.
    assert_eq!(union.post(&format!("{path}/findings"), &[("publish", "yes")]).await.status, 422);
    let findings = [("findings", "排队太久"), ("publish", "no")];
    assert_eq!(union.post(&format!("{path}/findings"), &findings).await.status, 303);
    assert_eq!(union.post(&format!("{path}/measures"), &[("says", "增开窗口")]).await.status, 422);
    let due = (portal.app.clock.today() + Duration::days(3)).to_string();
    let measure = [("says", "增开窗口"), ("responsible", "后勤管理处"), ("due_on", due.as_str())];
    assert_eq!(union.post(&format!("{path}/measures"), &measure).await.status, 303);
    let desk = union.get(&format!("{path}/desk")).await;
    assert!(desk.text().contains("看诉求的办理"), "whoever is no student cannot ask");
    assert_eq!(
        union.post(&format!("{path}/findings"), &[("findings", "排队太久"), ("publish", "yes")]).await.status,
        303
    );
    assert_eq!(
        union.post(&format!("{path}/findings"), &[("findings", "改口")]).await.status,
        409,
        "what is published stays"
    );
    let mut reader = student_account(&portal, 130).await;
    let page = reader.get(&path).await.text();
    for says in ["排队太久", "增开窗口", "由后勤管理处负责", "6 人作答", "意见甲103乙"] {
        assert!(page.contains(says), "{says}: {page}");
    }
    assert!(reader.get("/surveys").await.text().contains("已公布的结果（1）"));
    portal.app.clock.advance(Duration::days(5));
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert!(union.get("/").await.text().contains("落实调研的 1 项逾期措施"));
    let act = union.get(&format!("{path}/desk")).await.attributes("form[action$='/done']", "action").remove(0);
    assert_eq!(union.post(&act, &[("says", "")]).await.status, 422);
    assert_eq!(union.post(&act, &[("says", "已增开两个")]).await.status, 303);
    assert_eq!(union.post(&act, &[("says", "又一次")]).await.status, 409);
    assert!(portal.signed_in(OfficeKind::Student).await.get(&path).await.text().contains("落实：已增开两个"));

    // The figures as a workbook, of which the record knows.
    let file = union.get(&format!("{path}/file")).await;
    assert_eq!(file.status, 200);
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(file.bytes.clone())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let cells: Vec<String> =
        sheet.rows().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")).collect();
    assert!(cells.iter().any(|row| row.contains("一食堂|6|100.0%")), "{cells:?}");
    assert!(cells.iter().any(|row| row.contains("意见甲101乙")) && !cells.iter().any(|row| row.contains("学生101")));
    let record = portal.signed_in(OfficeKind::SchoolParty).await.get("/audit?verb=survey_kept").await.text();
    assert!(record.contains("导出数据") && record.contains("截止并统计"), "{record}");
}

#[tokio::test]
async fn rgt_03_the_semester_asks_for_one_where_the_plan_does() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let from = (today - Duration::days(100)).to_string();
    let last = (today + Duration::days(20)).to_string();
    assert_eq!(league.post("/semesters", &[("name", "本学期"), ("from", &from), ("last", &last)]).await.status, 303);
    let findings = league.get(&format!("{school}/findings")).await.text();
    assert!(!findings.contains("应不少于 1 次"), "the plan in force is silent: {findings}");
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert!(!union.get("/").await.text().contains("开展本学期的问卷调研"));

    adopt_jining(&portal).await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert!(union.get("/").await.text().contains("开展本学期的问卷调研"));
    let page = union.get("/surveys").await.text();
    assert!(page.contains("已开展 0 次，应不少于 1 次") && page.contains("建立日常调研机制"), "{page}");
    assert!(page.contains("实践惯例"), "the interval is no plan's: {page}");
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert!(!league.get("/").await.text().contains("开展本学期的问卷调研"), "nothing is late yet");
    portal.app.clock.advance(Duration::days(10));
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert!(league.get("/").await.text().contains("个学生会开展本学期的问卷调研"));
    let overview = league.get("/compliance?rule=RGT-03").await.text();
    assert!(overview.contains("起逾期") && overview.contains("日常调研机制"), "{overview}");
    assert!(league.get(&format!("{school}/findings")).await.text().contains("起逾期"));

    // One that is open counts; the League committee may want more.
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    opened(&portal, &mut union, "yes", &[]).await;
    assert!(league.get(&format!("{school}/findings")).await.text().contains("已开展 1 次，应不少于 1 次"));
    assert!(!union.get("/").await.text().contains("开展本学期的问卷调研"));
    let wrong = league.post("/surveys/settings", &[("per_semester", "7")]).await;
    assert!(wrong.status == 422 && wrong.field("每个学生会每学期不少于几次") == "7", "{}", wrong.text());
    assert_eq!(union.post("/surveys/settings", &[("per_semester", "2")]).await.status, 403);
    assert_eq!(league.post("/surveys/settings", &[("per_semester", "2")]).await.status, 303);
    let findings = league.get(&format!("{school}/findings")).await.text();
    assert!(findings.contains("已开展 1 次，应不少于 2 次") && findings.contains("校团委确定"), "{findings}");
}

#[tokio::test]
async fn one_person_answers_once_however_often_they_send_it() {
    let Stage { portal, .. } = stage().await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let path = opened(&portal, &mut union, "yes", &[]).await;
    let student = student_account(&portal, 100).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..32 {
        let (mut same, path) = (portal.visitor(), path.clone());
        for pair in student.cookie().split("; ") {
            let (name, value) = pair.split_once('=').unwrap();
            same.set_cookie(name, value);
        }
        tasks.spawn(async move { answer(&mut same, &path, "1", "一次").await.status });
    }
    let mut statuses = tasks.join_all().await;
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (303, &[409; 31][..]));
    assert_eq!(number(&portal, "select count(*) from survey_envelope").await, 1);
    assert!(union.get(&format!("{path}/desk")).await.text().contains("收到的答卷：少于 5 份，面向 150 人"));
}

#[tokio::test]
async fn who_hands_in_while_it_closes_is_counted_or_told() {
    let Stage { portal, .. } = stage().await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let path = opened(&portal, &mut union, "yes", &[]).await;
    // An anonymous one is closed before its time where many have answered.
    many(&portal, &path, 120, 20, "2").await;
    let mut clients = Vec::new();
    for number in 100..116 {
        clients.push(student_account(&portal, number).await);
    }
    let mut tasks = tokio::task::JoinSet::new();
    for mut student in clients {
        let path = path.clone();
        tasks.spawn(async move { answer(&mut student, &path, "1", "").await.status });
    }
    let closed = union.post(&format!("{path}/close"), &[]).await;
    assert_eq!(closed.status, 303, "{}", closed.text());
    let taken = tasks.join_all().await.into_iter().filter(|status| *status == 303).count();
    let counted = number(&portal, "select answers::bigint from survey").await;
    assert_eq!(usize::try_from(counted).unwrap(), taken + 20);
    assert_eq!(number(&portal, "select count(*) from survey_answered").await, counted);
    assert_eq!(number(&portal, "select count(*) from survey_envelope").await, 0);
}

#[tokio::test]
async fn answers_of_an_anonymous_questionnaire_stand_beside_nobody() {
    let Stage { portal, .. } = stage().await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let path = opened(&portal, &mut union, "yes", &[]).await;
    many(&portal, &path, 100, 8, "2").await;
    let mut db = portal.owner().await;

    // While it runs: sealed, of one length, with no time; no table has what was written.
    let sealed: Vec<(i32,)> =
        sqlx::query_as("select distinct length(sealed) from survey_envelope").fetch_all(&mut db).await.unwrap();
    assert_eq!(sealed.len(), 1, "one length, whatever was written");
    let tables = portal.row_counts().await;
    let holds = async |db: &mut sqlx::PgConnection, word: &str| {
        let mut found = Vec::new();
        for (table, _) in &tables {
            let query = format!("select count(*) from {table} t where position($1 in t::text) > 0");
            let rows: i64 =
                sqlx::query_scalar(sqlx::AssertSqlSafe(query)).bind(word).fetch_one(&mut *db).await.unwrap();
            if rows > 0 {
                found.push(table.clone());
            }
        }
        found
    };
    assert_eq!(holds(&mut db, "意见甲103乙").await, Vec::<String>::new());
    assert!(!union.get(&format!("{path}/desk")).await.text().contains("意见甲"), "nothing is shown before the close");
    let record = portal.signed_in(OfficeKind::SchoolParty).await.get("/audit").await.text();
    assert!(!record.contains("提交问卷") && !record.contains("学生103"), "the record does not say who answered");

    // Before its time it is not closed with so few.
    assert!(union.get(&format!("{path}/desk")).await.attributes("form[action$='/close']", "action").is_empty());
    let refused = union.post(&format!("{path}/close"), &[]).await;
    assert!(refused.status == 409 && refused.text().contains("才能提前截止"), "{}", refused.text());
    let mut union = ended(&portal).await;

    // Another portal with another key opens nothing, and nothing is lost.
    let stranger = portal.beside(lunzhi::sealing::keys::MarkKey::random());
    let mut elsewhere = stranger.signed_in(OfficeKind::SchoolUnion).await;
    let refused = elsewhere.post(&format!("{path}/close"), &[]).await;
    assert!(refused.status == 409 && refused.text().contains("答卷都在"), "{}", refused.text());
    assert_eq!(number(&portal, "select count(*) from survey_envelope").await, 8);

    // Afterwards: sums, and texts without anybody; the seals and the key are gone.
    assert_eq!(union.post(&format!("{path}/close"), &[]).await.status, 303);
    assert_eq!(number(&portal, "select count(*) from survey_envelope").await, 0);
    assert_eq!(number(&portal, "select count(*) from survey where locked_key is not null").await, 0);
    assert_eq!(number(&portal, "select count(*) from survey_sheet").await, 0);
    assert_eq!(holds(&mut db, "意见甲103乙").await, ["survey_text"]);
    let columns: Vec<(String,)> = sqlx::query_as(
        "select column_name::text from information_schema.columns
         where table_name in ('survey_text', 'survey_figure', 'survey_part')
               and (data_type like 'timestamp%' or column_name in ('student_id', 'account_id'))",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert!(columns.is_empty(), "neither a person nor a moment stands beside an answer: {columns:?}");
    let order: Vec<(String,)> =
        sqlx::query_as("select s.number from survey_answered a join student s on s.id = a.student_id order by a.ctid")
            .fetch_all(&mut db)
            .await
            .unwrap();
    assert!(order.is_sorted() && order.len() == 8, "{order:?}");
    let mut other = student_account(&portal, 140).await;
    assert!(!other.get(&path).await.text().contains("意见甲"), "not published yet");
}

#[tokio::test]
async fn a_stranger_in_the_box_stops_the_count() {
    let Stage { portal, .. } = stage().await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let path = opened(&portal, &mut union, "yes", &[]).await;
    many(&portal, &path, 100, 5, "1").await;
    sqlx::query(
        "insert into survey_envelope (survey_id, student_id, sealed, mac)
         select e.survey_id, s.id, e.sealed, e.mac from survey_envelope e, student s join institution i on i.id = s.institution_id
         where s.number = '20240130' and i.code = 'first' limit 1",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let refused = ended(&portal).await.post(&format!("{path}/close"), &[]).await;
    assert!(refused.status == 409 && refused.text().contains("来历不明的答卷"), "{}", refused.text());
    assert_eq!(number(&portal, "select count(*) from survey_answered").await, 0, "nothing is written");
}

#[tokio::test]
async fn small_groups_are_folded_and_few_answers_are_not_shown_at_all() {
    let Stage { portal, .. } = stage().await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let path = opened(&portal, &mut union, "yes", &[]).await;
    // Three of the other college, in another year: neither is shown, nor what would tell of them.
    move_to_other_college(&portal, 140, 3).await;
    many(&portal, &path, 100, 7, "1").await;
    many(&portal, &path, 140, 3, "2").await;
    let mut union = ended(&portal).await;
    assert_eq!(union.post(&format!("{path}/close"), &[]).await.status, 303);
    let desk = union.get(&format!("{path}/desk")).await.text();
    assert!(desk.contains("10 人作答") && !desk.contains("机电工程系"), "{desk}");
    assert!(
        !desk.contains("信息工程系（") && !desk.contains("2024 级（"),
        "the whole less seven would tell of three: {desk}"
    );

    let path = opened(&portal, &mut union, "yes", &[]).await;
    many(&portal, &path, 110, 6, "1").await;
    move_to_other_college(&portal, 140, 6).await;
    for number in 143..148 {
        // The first three have their accounts.
        move_to_other_college(&portal, number, 1).await;
    }
    many(&portal, &path, 143, 5, "2").await;
    let mut union = ended(&portal).await;
    assert_eq!(union.post(&format!("{path}/close"), &[]).await.status, 303);
    let desk = union.get(&format!("{path}/desk")).await.text();
    assert!(desk.contains("信息工程系（6 人") && desk.contains("机电工程系（5 人"), "{desk}");

    let path = opened(&portal, &mut union, "yes", &[]).await;
    many(&portal, &path, 120, 4, "1").await;
    let mut union = ended(&portal).await;
    assert_eq!(union.post(&format!("{path}/close"), &[]).await.status, 303);
    let desk = union.get(&format!("{path}/desk")).await.text();
    assert!(desk.contains("作答不足 5 份，不显示答了什么") && !desk.contains("意见甲120乙"), "{desk}");
    assert_eq!(number(&portal, "select count(*) from survey_text where says like '意见甲12%'").await, 0);
}

#[tokio::test]
async fn whoever_is_not_asked_is_told_and_a_class_that_changes_counts_as_it_is() {
    let Stage { portal, .. } = stage().await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    move_to_other_college(&portal, 140, 2).await;
    let path = opened(&portal, &mut union, "yes", &[("years", "2025")]).await;
    let mut older = student_account(&portal, 100).await;
    let page = older.get(&path).await.text();
    assert!(page.contains("面向全校 2025 级在籍学生，你不在其中") && page.contains("请学生工作部门更正"), "{page}");
    let refused = answer(&mut older, &path, "1", "").await;
    assert!(refused.status == 409 && refused.text().contains("你不在其中"), "{}", refused.text());
    assert!(!older.get("/").await.text().contains("填写问卷"));
    let mut teacher = portal.signed_in(OfficeKind::StudentAffairs).await;
    assert!(teacher.get(&path).await.text().contains("你的账号不是学生账号"));
    assert_eq!(answer(&mut teacher, &path, "1", "").await.status, 409);
    let mut asked = student_account(&portal, 140).await;
    assert_eq!(answer(&mut asked, &path, "1", "").await.status, 303);

    // Into the class that is asked: from then on; out of it: not any more, and what was handed in stays.
    move_to_other_college(&portal, 100, 1).await;
    assert_eq!(answer(&mut older, &path, "1", "").await.status, 303);
    sqlx::query(
        "update student s set class_id = k.id from class k join major m on m.id = k.major_id
              join college c on c.id = m.college_id, institution i
         where k.name = '软件2401班' and c.institution_id = i.id and i.code = 'first' and s.institution_id = i.id
               and s.number in ('20240140', '20240141')",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let mut moved = student_account(&portal, 141).await;
    assert_eq!(answer(&mut moved, &path, "1", "").await.status, 409);
    let mut union = ended(&portal).await;
    assert_eq!(union.post(&format!("{path}/close"), &[]).await.status, 303);
    assert_eq!(number(&portal, "select answers::bigint from survey").await, 2);
    assert_eq!(number(&portal, "select invited::bigint from survey").await, 2, "those who answered were asked");
    let mut left = student_account(&portal, 120).await;
    let gone = "update student set left_on = story_day() - 30, left_why = 'graduated' where number = '20240120'";
    sqlx::query(gone).execute(&mut portal.owner().await).await.unwrap();
    let path = opened(&portal, &mut union, "yes", &[]).await;
    assert_eq!(answer(&mut left, &path, "1", "").await.status, 409, "enrolled students alone");
}

#[tokio::test]
async fn a_questionnaire_is_kept_by_whoever_made_it_and_by_the_league_committee() {
    let Stage { portal, mut league, .. } = stage().await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let path = opened(&portal, &mut union, "yes", &[]).await;
    let mut other = portal.signed_in(OfficeKind::CollegeUnion).await;
    for act in ["close", "findings", "measures", "questions", "change", "open", "discard"] {
        assert_eq!(other.post(&format!("{path}/{act}"), &[]).await.status, 404, "{act}: another union's");
    }
    assert_eq!(other.get(&format!("{path}/desk")).await.status, 404);
    assert_eq!(league.get(&format!("{path}/desk")).await.status, 200);
    for office in [OfficeKind::StudentAffairs, OfficeKind::SchoolParty, OfficeKind::ClassBranch, OfficeKind::Student] {
        let mut client = portal.signed_in(office).await;
        assert_eq!(client.get(&format!("{path}/desk")).await.status, 403, "{}", office.label());
        assert_eq!(client.post("/surveys", &[]).await.status, 403, "{}", office.label());
    }
    // A college's union asks its own college, whatever it types.
    move_to_other_college(&portal, 140, 1).await;
    let (elsewhere,): (String,) = sqlx::query_as("select id::text from college where name = '机电工程系'")
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap();
    let unfit = draft(&portal, &mut other, "yes", &[("college", &elsewhere)]).await;
    assert!(unfit.status == 422 && unfit.text().contains("只面向本院系"), "{}", unfit.text());
    let own = opened(&portal, &mut other, "yes", &[]).await;
    assert!(other.get(&own).await.text().contains("面向信息工程系在籍学生"));
    let mut student = student_account(&portal, 140).await;
    assert_eq!(answer(&mut student, &own, "1", "").await.status, 409);
    // The League committee says in whose name; its own asks everybody.
    let unfit = draft(&portal, &mut league, "yes", &[]).await;
    assert!(unfit.status == 422 && unfit.text().contains("请选择以谁的名义"), "{}", unfit.text());
    let own = opened(&portal, &mut league, "yes", &[("host", "league")]).await;
    assert!(student.get(&own).await.text().contains("校团委组织"));
    assert_eq!(union.get(&format!("{own}/desk")).await.status, 404);
    // At another university there is none of them.
    let mut abroad = portal.signed_in_at("second", OfficeKind::SchoolLeague).await;
    assert_eq!(abroad.get(&own).await.status, 404);
    assert_eq!(abroad.get(&format!("{own}/desk")).await.status, 404);
}

#[tokio::test]
async fn one_with_names_says_so_and_loses_the_answers_of_whoever_is_erased() {
    let Stage { portal, .. } = stage().await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let path = opened(&portal, &mut union, "no", &[]).await;
    let mut student = student_account(&portal, 100).await;
    assert!(student.get(&path).await.text().contains("实名：组织调研的校学生会能看到你答了什么"));
    assert_eq!(answer(&mut student, &path, "1", "多开窗口").await.status, 303);
    assert_eq!(number(&portal, "select count(*) from survey_sheet").await, 0, "sealed until the close too");
    many(&portal, &path, 101, 5, "1").await;
    assert_eq!(union.post(&format!("{path}/close"), &[]).await.status, 303);
    let rows = async |client: &mut Client| {
        let file = client.get(&format!("{path}/file")).await;
        let mut book = calamine::Xlsx::new(std::io::Cursor::new(file.bytes.clone())).unwrap();
        let sheet = book.worksheet_range_at(0).unwrap().unwrap();
        sheet.rows().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")).collect::<Vec<_>>()
    };
    let cells = rows(&mut union).await;
    assert!(cells.iter().any(|row| row.contains("学生100") && row.contains("一食堂")), "{cells:?}");
    let findings = [("findings", "排队太久"), ("publish", "yes")];
    assert_eq!(union.post(&format!("{path}/findings"), &findings).await.status, 303);
    let published = student.get(&path).await.text();
    assert!(
        !published.contains("学生101") && published.contains("6 人作答"),
        "what is published are sums: {published}"
    );

    let mut db = portal.owner().await;
    let gone: (sqlx::types::Uuid,) = sqlx::query_as(
        "select s.id from student s join institution i on i.id = s.institution_id where s.number = '20240100' and i.code = 'first'",
    )
    .fetch_one(&mut db)
    .await
    .unwrap();
    let mut transaction = db.begin().await.unwrap();
    lunzhi::surveys::retention::erase(&mut transaction, ErasedPeople { students: &[gone.0], accounts: &[] })
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert!(!rows(&mut union).await.iter().any(|row| row.contains("学生100")));
    assert_eq!(number(&portal, "select count(*) from survey_answered").await, 6, "that they answered stays");
}

#[tokio::test]
async fn a_measure_becomes_a_request_of_a_student_who_acts() {
    let Stage { portal, .. } = stage().await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let path = opened(&portal, &mut union, "no", &[]).await;
    assert_eq!(union.post(&format!("{path}/close"), &[]).await.status, 303);
    let due = (portal.app.clock.today() + Duration::days(3)).to_string();
    let measure = [("says", "增开窗口"), ("responsible", "后勤管理处"), ("due_on", due.as_str())];
    assert_eq!(union.post(&format!("{path}/measures"), &measure).await.status, 303);
    // An officer of the union who is a student.
    let mut officer = student_account(&portal, 100).await;
    sqlx::query(
        "insert into office (id, account_id, institution_id, kind, from_day, granted_at)
         select gen_random_uuid(), a.id, a.institution_id, 'school_union', '2024-09-01', story_now() from account a
         where a.number = '20240100'",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    sqlx::query(
        "update office set ended_at = story_now() where kind = 'student' and account_id in
                 (select id from account where number = '20240100')",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    assert_eq!(officer.sign_in("first", "20240100", crate::support::PASSWORD).await.status, 303);
    let desk = officer.get(&format!("{path}/desk")).await;
    assert_eq!(desk.status, 200, "{}", desk.text());
    let href = desk.attributes("a[href^='/voice/new']", "href").remove(0);
    let form = officer.get(&href).await;
    assert_eq!(form.field("一句话说是什么事"), "增开窗口");
    assert!(form.field("具体情况，希望怎样解决").contains("食堂满意度调研"));
    // Where they are a delegate it is a proposal, filled in too; else the page says that they are none.
    let href = desk.attributes("a[href^='/proposals/new?']", "href").remove(0);
    let form = officer.get(&href).await;
    assert!(form.status == 200 && form.text().contains("现在没有可以提出提案的大会"), "{}", form.text());
}
