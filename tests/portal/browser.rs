//! The main journeys in a real browser, at desk and phone width, each page judged by axe-core.
//!
//! One module, because all share one browser.

mod aged;
mod congress;
mod everyday;
mod hall;
mod offices;

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder, Locator, elements::Element};
use hyper_util::client::legacy::connect::HttpConnector;
use lunzhi::{office::OfficeKind, web::connections::Limits};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{
    proposals, reviews,
    support::{
        FIRST, PASSWORD, Portal, campus,
        congress::checking_in,
        runtime,
        sitting::{Plan, SMALL, cast, number, opened, prepare, see_other, voter, voters},
        union::{grade_everybody, rows, union},
        vetting::{Opening, agree, apply, open, student_account},
    },
};

struct Driver {
    child: Child,
    url: String,
}

impl Driver {
    fn start() -> Option<Self> {
        let started = Command::new("chromedriver")
            .arg("--port=0")
            .env("LANGUAGE", "zh_CN")
            // The names of the files that it attaches are Chinese, whatever the shell's own locale is.
            .env("LC_ALL", "C.UTF-8")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = started.ok()?;
        let lines = BufReader::new(child.stdout.take()?).lines();
        let port = lines.map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse::<u16>().ok()
        })?;
        Some(Self { child, url: format!("http://127.0.0.1:{port}") })
    }
}

async fn open_browser(driver: &str, profile: &Path, phone: bool) -> Client {
    let profile = format!("--user-data-dir={}", profile.display());
    let mut options = json!({"args": [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=zh-CN", "--window-size=1280,900", profile,
        // Every page brings its scripts, axe above all, and runs them once or twice: compiling them costs more than it saves, but
        // for the plainest compiler.
        "--js-flags=--no-opt,--no-maglev,--max-lazy"]});
    if phone {
        let metrics = json!({"width": 360, "height": 780, "pixelRatio": 2.0, "mobile": true, "touch": true});
        options["mobileEmulation"] = json!({"deviceMetrics": metrics});
    }
    // axe looks at a large page for a second or two, on a busy machine for longer than the half minute that is usual.
    let capabilities = json!({"goog:chromeOptions": options, "timeouts": {"script": 180_000}});
    ClientBuilder::new(HttpConnector::new())
        .capabilities(capabilities.as_object().unwrap().clone())
        .connect(driver)
        .await
        .unwrap()
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A browser's window belongs to the runtime that opened it, and the next journey goes on in it.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(runtime);

/// One driver for all journeys, because a browser takes longer to start than a journey's first pages.
struct Shared {
    driver: Driver,
    idle: Vec<Window>,
    journeys: usize,
}

struct Window {
    phone: bool,
    browser: Client,
    profile: TempDir,
}

/// A journey's place at the driver, which the last one stops.
struct Seat;

impl Seat {
    fn shared() -> MutexGuard<'static, Option<Shared>> {
        static SHARED: Mutex<Option<Shared>> = Mutex::new(None);
        SHARED.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// None where there is no driver.
    fn take() -> Option<Self> {
        let mut place = Self::shared();
        if place.is_none() {
            *place = Some(Shared { driver: Driver::start()?, idle: Vec::new(), journeys: 0 });
        }
        place.as_mut()?.journeys += 1;
        Some(Self)
    }

    /// A window that another journey has left, else a new one.
    async fn window(&self, phone: bool) -> Window {
        let url = {
            let mut place = Self::shared();
            let shared = place.as_mut().unwrap();
            if let Some(found) = shared.idle.iter().position(|window| window.phone == phone) {
                return shared.idle.swap_remove(found);
            }
            shared.driver.url.clone()
        };
        let profile = tempfile::tempdir().unwrap();
        Window { phone, browser: open_browser(&url, profile.path(), phone).await, profile }
    }

    /// Leaves a window as a new one would be. A journey that fails leaves none.
    async fn leave(&self, window: Window) {
        // Cookies know no ports: the next portal would be sent this one's.
        window.browser.delete_all_cookies().await.unwrap();
        window.browser.goto("about:blank").await.unwrap();
        Self::shared().as_mut().unwrap().idle.push(window);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut place = Self::shared();
        let Some(shared) = place.as_mut() else { return };
        shared.journeys -= 1;
        if shared.journeys > 0 {
            return;
        }
        for window in shared.idle.drain(..) {
            let _ = RUNTIME.block_on(window.browser.close());
            drop(window.profile);
        }
        *place = None;
    }
}

fn axe() -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(root.join(".tools/node_modules/axe-core/axe.min.js")).ok()
}

/// A journey's place and axe; none where a run is to do without a browser.
fn seated() -> Option<(Seat, String)> {
    let found = Seat::take().zip(axe());
    let skip = std::env::var_os("SKIP_BROWSER").is_some();
    assert!(
        found.is_some() || skip,
        "the browser, its driver or axe-core is missing: run `make tools`, or set SKIP_BROWSER"
    );
    found
}

struct Desk {
    portal: Portal,
    browser: Client,
    base: String,
    axe: String,
}

impl Desk {
    async fn go(&self, path: &str) {
        self.browser.goto(&format!("{}{path}", self.base)).await.unwrap();
    }

    /// Fills the field with that label as a person does, by its label.
    async fn fill(&self, label: &str, text: &str) {
        let id = self.id_of(label).await;
        let field = self.browser.find(Locator::Id(&id)).await.unwrap();
        if field.tag_name().await.unwrap() == "select" {
            let option = format!(".//option[normalize-space()='{text}']");
            field.find(Locator::XPath(&option)).await.unwrap().click().await.unwrap();
        } else {
            field.clear().await.unwrap();
            field.send_keys(text).await.unwrap();
        }
    }

    async fn id_of(&self, label: &str) -> String {
        let path = format!("//label[normalize-space()='{label}']");
        let label = self.browser.find(Locator::XPath(&path)).await.unwrap();
        label.attr("for").await.unwrap().unwrap()
    }

    async fn attach(&self, label: &str, file: &Path) {
        let id = self.id_of(label).await;
        let field = self.browser.find(Locator::Id(&id)).await.unwrap();
        field.send_keys(&file.display().to_string()).await.unwrap();
    }

    /// Presses the button or follows the link with those words and waits for the next page.
    async fn press(&self, words: &str) {
        self.leave().await;
        let path = format!("//button[normalize-space()='{words}'] | //a[normalize-space()='{words}']");
        let Some(shown) = self.shown(&path).await else {
            // On a phone the navigation is folded.
            self.browser
                .find(Locator::Css(".more summary"))
                .await
                .unwrap_or_else(|_| panic!("no {words}"))
                .click()
                .await
                .unwrap();
            self.shown(&path).await.unwrap_or_else(|| panic!("no {words}")).click().await.unwrap();
            return self.arrive().await;
        };
        shown.click().await.unwrap();
        self.arrive().await;
    }

    /// Presses the first element at that place and waits for the next page.
    async fn press_at(&self, place: Locator<'_>) {
        self.leave().await;
        self.browser.find(place).await.unwrap().click().await.unwrap();
        self.arrive().await;
    }

    /// Marks the page, and leaves its field: what that suggests is in the way of no button.
    async fn leave(&self) {
        self.browser.execute("window.before = true; document.activeElement.blur()", vec![]).await.unwrap();
    }

    /// Commits an import. What takes longer than a moment shows first how far it is, on a page that loads itself anew.
    async fn commit(&self, words: &str) {
        self.press(words).await;
        let text = "return document.readyState === 'complete' ? document.querySelector('main').innerText : ''";
        self.until("the import is committed", text, |text| text.as_str()?.contains("已写入：").then_some(())).await;
    }

    /// Asks the page again until its answer is the one that is wanted: what it does by itself takes its time, on a busy machine
    /// more than on an idle one.
    async fn until<T>(&self, what: &str, script: &str, wanted: impl Fn(&Value) -> Option<T>) -> T {
        for _ in 0..3_000 {
            // Between two pages there is none to ask; that is not there yet either.
            if let Ok(answer) = self.browser.execute(script, vec![]).await
                && let Some(found) = wanted(&answer)
            {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it did not come about that {what}");
    }

    /// The first element at that path that one sees.
    async fn shown(&self, path: &str) -> Option<Element> {
        for found in self.browser.find_all(Locator::XPath(path)).await.unwrap() {
            if found.is_displayed().await.unwrap() {
                return Some(found);
            }
        }
        None
    }

    /// Types into whatever has the focus.
    async fn keys(&self, keys: &str) {
        self.browser.active_element().await.unwrap().send_keys(keys).await.unwrap();
    }

    /// Waits for the page after the one that was marked.
    async fn arrive(&self) {
        let arrived = "return window.before !== true && document.readyState === 'complete'";
        self.until("a page came", arrived, |answer| (*answer == json!(true)).then_some(())).await;
    }

    async fn text(&self) -> String {
        self.browser.find(Locator::Css("main")).await.unwrap().text().await.unwrap()
    }

    async fn heading(&self) -> String {
        self.browser.find(Locator::Css("h1")).await.unwrap().text().await.unwrap()
    }

    /// The page has no fault that axe knows, and does not scroll sideways. One that loads itself anew is judged as it stands:
    /// on a busy machine axe takes longer than such a page stays.
    async fn judge(&self, what: &str) {
        self.browser.execute(&format!("window.stop();\n{}", self.axe), vec![]).await.unwrap();
        let run = "const done = arguments[arguments.length - 1];
                   axe.run(document, {resultTypes: ['violations']}).then(
                       (result) => done(result.violations.map((found) => [found.id, found.nodes.map((node) => node.html)])),
                       (error) => done(String(error)));";
        let found = self.browser.execute_async(run, vec![]).await.unwrap();
        assert_eq!(found, json!([]), "{what}");
        // In the dark scheme the colours are others, and nothing else.
        let dark = "const done = arguments[arguments.length - 1];
                    const change = (from, to) => {
                        for (const sheet of document.styleSheets)
                            for (const rule of sheet.cssRules)
                                if (rule.media && rule.media.mediaText === from) rule.media.mediaText = to;
                    };
                    const [asked, always] = ['(prefers-color-scheme: dark)', 'all and (min-width: 1px)'];
                    change(asked, always);
                    const back = (found) => { change(always, asked); done(found); };
                    axe.run(document, {runOnly: ['color-contrast'], resultTypes: ['violations']}).then(
                        (result) => back(result.violations.flatMap((found) => found.nodes.map(
                            (node) => `${node.html} ${node.any[0].data.contrastRatio}`))),
                        (error) => back(String(error)));";
        let found = self.browser.execute_async(dark, vec![]).await.unwrap();
        assert_eq!(found, json!([]), "{what}, in the dark");
        let width = "return [document.documentElement.scrollWidth, window.innerWidth]";
        let Value::Array(widths) = self.browser.execute(width, vec![]).await.unwrap() else { panic!() };
        assert!(widths[0].as_u64() <= widths[1].as_u64(), "{what} scrolls sideways: {widths:?}");
    }

    async fn sign_in(&self, office: OfficeKind) {
        self.sign_in_as(office.slug()).await;
    }

    async fn sign_in_as(&self, number: &str) {
        self.browser.delete_all_cookies().await.unwrap();
        self.go("/sign-in").await;
        self.fill("学校", "第一测试学院").await;
        self.fill("学号或工号", number).await;
        self.fill("密码", PASSWORD).await;
        self.press("登录").await;
    }
}

/// A roster file with one presidium member too many.
fn roster(folder: &Path) -> PathBuf {
    let path = folder.join("名单.csv");
    let mut file = std::fs::File::create(&path).unwrap();
    writeln!(file, "学号,姓名,岗位,部门,执行主席,政治面貌,专业排名,专业人数,不及格门数,来自院系学生会").unwrap();
    for number in 1..=6 {
        let chair = if number == 1 { "是" } else { "" };
        writeln!(file, "20240{number},学生{number},主席团成员,,{chair},共青团员,1,40,0,是").unwrap();
    }
    path
}

fn journey(phone: bool, play: impl AsyncFnOnce(&Desk, &Path)) {
    let before = async || (Portal::start().await, ());
    journey_after(phone, before, async |desk, ()| {
        let folder = tempfile::tempdir().unwrap();
        play(desk, folder.path()).await;
    });
}

/// A journey through a portal in which something has come about before.
fn journey_after<T>(phone: bool, before: impl AsyncFnOnce() -> (Portal, T), play: impl AsyncFnOnce(&Desk, T)) {
    let Some((seat, axe)) = seated() else { return };
    RUNTIME.block_on(async {
        let (portal, found) = before().await;
        let base = format!("http://{}", portal.listen(Limits::default()).await);
        let window = seat.window(phone).await;
        let desk = Desk { portal, browser: window.browser.clone(), base, axe };
        play(&desk, found).await;
        seat.leave(window).await;
    });
}

/// A journey in which some sit at a desk and others hold a phone, in this order.
fn journey_on_both<T>(before: impl AsyncFnOnce() -> (Portal, T), play: impl AsyncFnOnce(&Desk, &Desk, T)) {
    let Some((seat, axe)) = seated() else { return };
    RUNTIME.block_on(async {
        let (portal, found) = before().await;
        let base = format!("http://{}", portal.listen(Limits::default()).await);
        let (wide, narrow) = (seat.window(false).await, seat.window(true).await);
        let at = |window: &Window| Desk {
            portal: portal.with(portal.app.clone()),
            browser: window.browser.clone(),
            base: base.clone(),
            axe: axe.clone(),
        };
        play(&at(&wide), &at(&narrow), found).await;
        seat.leave(wide).await;
        seat.leave(narrow).await;
    });
}

#[test]
fn a_secretary_at_a_desk_has_a_roster_judged_and_adopts_a_plan() {
    journey(false, async |desk, folder| {
        desk.go("/").await;
        desk.judge("welcome").await;
        desk.press("登录").await;
        desk.judge("sign-in").await;
        desk.sign_in(OfficeKind::SchoolLeague).await;
        assert_eq!(desk.heading().await, "校团委甲，你好");
        desk.judge("home").await;
        desk.press("名单体检").await;
        desk.judge("checkup").await;
        desk.attach("名单文件", &roster(folder)).await;
        desk.press("开始体检").await;
        assert_eq!(desk.heading().await, "名单体检结果");
        desk.judge("result").await;
        let first = desk.browser.find(Locator::Css("section.finding")).await.unwrap().text().await.unwrap();
        assert!(first.contains("主席团成员 6 人，超过 5 人") && first.contains("主席团成员不超过5人"), "{first}");
        desk.press("校级主席团人数").await;
        assert_eq!(desk.heading().await, "规则手册");
        desk.judge("rule book").await;
        desk.press("实施方案").await;
        desk.judge("plans").await;
        desk.fill("方案", "济宁方案（2022） 第 1 版 · 济医党字〔2022〕19号（内置）").await;
        let set = "document.getElementById('from').value = '2020-01-01'";
        desk.browser.execute(set, vec![]).await.unwrap();
        desk.press("预览影响").await;
        assert!(desk.heading().await.contains("济宁方案"));
        desk.judge("refusal").await;
        desk.press("返回修改（已填内容保留）").await;
        let kept = desk.browser.execute("return document.getElementById('from').value", vec![]).await.unwrap();
        assert_eq!(kept, json!("2020-01-01"));
        for (path, what) in [
            ("/plans/new", "new plan"),
            ("/directory", "directory"),
            ("/audit", "audit"),
            ("/me", "me"),
            ("/accounts", "forbidden"),
        ] {
            desk.go(path).await;
            desk.judge(what).await;
        }
    });
}

#[test]
fn a_secretary_previews_adopts_withdraws_and_adopts_again() {
    journey(false, async |desk, _| {
        desk.go("/sign-in").await;
        desk.sign_in(OfficeKind::SchoolLeague).await;
        for is_first in [true, false] {
            desk.go("/plans").await;
            desk.fill("方案", "济宁方案（2022） 第 1 版 · 济医党字〔2022〕19号（内置）").await;
            let set = format!("document.getElementById('from').value = '{}'", desk.portal.app.clock.today());
            desk.browser.execute(&set, vec![]).await.unwrap();
            desk.press("预览影响").await;
            assert_eq!(desk.heading().await, "确认启用");
            assert!(desk.text().await.contains("对各学生会的影响"));
            desk.judge("preview of an adoption").await;
            desk.fill("校级学生会工作人员总数的理由", "学生人数较多、分校区较多").await;
            desk.press("确认启用").await;
            assert_eq!(desk.heading().await, "实施方案");
            assert!(desk.text().await.contains("方案已启用，已通知各单位"));
            desk.judge("adopted").await;
            if is_first {
                desk.fill("撤回的理由", "选错了方案").await;
                desk.press("撤回启用").await;
                assert!(desk.text().await.contains("启用已撤回"));
                desk.judge("withdrawn").await;
            }
        }
        desk.go("/rulebook?q=STF-01").await;
        assert!(desk.text().await.contains("宽于全国要求的理由：学生人数较多、分校区较多"));
        desk.judge("rule with its reason").await;
    });
}

#[test]
fn an_administrator_makes_an_account_and_the_person_activates_it() {
    journey(false, async |desk, _| {
        desk.sign_in(OfficeKind::Administrator).await;
        desk.press("账号与职务").await;
        desk.judge("accounts").await;
        desk.press("新建账号").await;
        desk.judge("new account").await;
        desk.fill("学号或工号", "T1").await;
        desk.fill("姓名", "欧阳老师").await;
        desk.fill("职务", "院系团组织").await;
        desk.press("建立账号").await;
        desk.judge("new account with a fault").await;
        desk.fill("院系", "信息工程系").await;
        desk.press("建立账号").await;
        desk.judge("code").await;
        let code = desk.browser.find(Locator::Css(".secret")).await.unwrap().text().await.unwrap();
        desk.press("查看账号").await;
        desk.judge("account").await;
        desk.press("退出").await;
        desk.press("首次使用：激活账号").await;
        desk.fill("学校", "第一测试学院").await;
        desk.fill("学号或工号", "T1").await;
        desk.fill("激活码", &code).await;
        desk.fill("新密码", "一句好记的话当作密码").await;
        desk.fill("再填一次新密码", "一句好记的话当作密码").await;
        desk.judge("activate").await;
        desk.press("激活并登录").await;
        desk.press("首页").await;
        assert_eq!(desk.heading().await, "欧阳老师，你好");
    });
}

#[test]
fn a_phone_shows_every_page_in_one_column() {
    journey(true, async |desk, folder| {
        desk.go("/").await;
        desk.judge("welcome").await;
        desk.go("/sign-in").await;
        desk.judge("sign-in").await;
        desk.sign_in(OfficeKind::SchoolLeague).await;
        for path in ["/", "/rulebook", "/plans", "/plans/new", "/directory", "/audit", "/me", "/accounts", "/nowhere"] {
            desk.go(path).await;
            desk.judge(path).await;
        }
        // The rule book is a list of its rules; the one that is asked for is open.
        desk.go("/rulebook").await;
        let tall = desk.browser.execute("return document.documentElement.scrollHeight", vec![]).await.unwrap();
        assert!(tall.as_u64().unwrap() < 10_000, "{tall}");
        assert!(!desk.text().await.contains("主席团成员不超过5人"));
        desk.go("/healthz").await;
        desk.go("/rulebook#STF-02").await;
        assert!(desk.text().await.contains("主席团成员不超过5人"));
        desk.go("/checkup").await;
        desk.judge("checkup").await;
        desk.attach("名单文件", &roster(folder)).await;
        desk.press("开始体检").await;
        desk.judge("result").await;
        assert_eq!(desk.heading().await, "名单体检结果");
    });
}

#[test]
fn a_student_activates_on_a_phone_and_doubts_a_figure() {
    journey(true, async |desk, _| {
        let mut league = desk.portal.signed_in(OfficeKind::CollegeLeague).await;
        let act = league.get("/slips").await.attributes("form[action^='/slips/']", "action").remove(0);
        let code = league.post_on(&act, &[]).await.all(".slip-code").remove(0);
        let fact = "insert into grade_fact
                        (id, student_id, basis, period, rank, cohort, failed, source, recorded_at, recorded_by)
                    select gen_random_uuid(), student_id, 'semester', '2025—2026 学年第二学期', 60, 150, 0, '教务处', story_now(), id
                    from account where number = '20240001'";
        sqlx::query(fact).execute(&mut desk.portal.owner().await).await.unwrap();
        desk.go("/sign-in").await;
        desk.press("首次使用：激活账号").await;
        desk.judge("activate").await;
        desk.fill("学校", "第一测试学院").await;
        desk.fill("学号或工号", "20240001").await;
        desk.fill("激活码", "aaaaa-bbbbb-ccccc-ddddd").await;
        desk.fill("新密码", "雨天也要带一把伞出门").await;
        desk.fill("再填一次新密码", "雨天也要带一把伞出门").await;
        desk.press("激活并登录").await;
        desk.judge("activate with a wrong code").await;
        // As the slip's QR code leads there: nothing is left to type but the password.
        desk.go("/healthz").await;
        desk.go(&format!("/activate#first/20240001/{code}")).await;
        let typed = "const form = document.forms[0].elements; return [form.school.value, form.number.value, form.code.value, location.hash]";
        let typed = desk.browser.execute(typed, vec![]).await.unwrap();
        assert_eq!(typed, json!(["first", "20240001", code, ""]));
        desk.fill("新密码", "雨天也要带伞出门，晴天也要").await;
        desk.fill("再填一次新密码", "雨天也要带伞出门，晴天也要").await;
        desk.press("激活并登录").await;
        assert_eq!(desk.heading().await, "学生1，你好");
        desk.judge("a student's home").await;
        desk.press("我的信息").await;
        desk.judge("own data").await;
        desk.browser.execute("document.querySelector('main details').open = true", vec![]).await.unwrap();
        desk.judge("own data with the form").await;
        // What is pasted is not cut off: it stays as it is, and is not sent before it is short enough.
        let field = desk.id_of("哪里不对").await;
        let paste = format!(
            "const field = document.getElementById('{field}'); field.value = '转'.repeat(510);
             field.dispatchEvent(new Event('input'));
             return [field.maxLength, field.validity.customError, field.nextElementSibling.textContent]"
        );
        let pasted = desk.browser.execute(&paste, vec![]).await.unwrap();
        assert_eq!(pasted, json!([-1, true, "已写 510 字，最多 500 字"]));
        desk.fill("哪里不对", "转专业后没有重新排名").await;
        desk.press("提交异议").await;
        desk.judge("own data with an objection").await;
        for path in ["/inbox", "/privacy", "/me", "/people"] {
            desk.go(path).await;
            desk.judge(path).await;
        }
        desk.press("退出").await;
        desk.sign_in(OfficeKind::StudentAffairs).await;
        desk.go("/inbox").await;
        desk.judge("the office's inbox").await;
        desk.press("数据异议").await;
        desk.judge("objections").await;
        desk.press_at(Locator::Css("tbody a")).await;
        desk.judge("an objection").await;
        staff_pages(desk).await;
    });
}

/// Every page of those who keep people's data, as they stand for the student-affairs office and for the administrator.
async fn staff_pages(desk: &Desk) {
    for path in ["/people", "/people?q=学生1&state=waiting", "/imports", "/rollover", "/organisations", "/"] {
        desk.go(path).await;
        desk.judge(path).await;
    }
    desk.go("/people?q=20240002").await;
    desk.press_at(Locator::Css("tbody a")).await;
    let open = "document.querySelectorAll('main details').forEach((one) => { one.open = true })";
    desk.browser.execute(open, vec![]).await.unwrap();
    desk.judge("a student").await;
    desk.fill("更正理由", "核对过").await;
    desk.press("更正").await;
    desk.judge("a student after a correction").await;
    desk.go("/").await;
    desk.press("退出").await;
    desk.sign_in(OfficeKind::Administrator).await;
    for path in ["/slips", "/retention", "/accounts", "/audit", "/organisations", "/campus"] {
        desk.go(path).await;
        desk.judge(path).await;
    }
}

/// The pages of sign-in by the university's own server: how it is set, its link, and what somebody reads whom it lets in not
/// and who has signed out.
async fn campus_pages(desk: &Desk) {
    let kept = campus::set(&desk.portal, &[("protocol", "cas"), ("server", "https://cas.example.edu.cn/cas")]).await;
    assert_eq!(kept.status, 303, "{}", kept.text());
    desk.go("/campus").await;
    desk.judge("how campus sign-in is set").await;
    desk.press("退出").await;
    desk.go("/sign-in").await;
    assert!(desk.shown(&format!("//a[starts-with(@href, '/sso/{FIRST}')]")).await.is_some());
    desk.judge("the link to campus sign-in").await;
    desk.go(&format!("/sso/cas/{FIRST}?ticket=ST-1-of-nobody")).await;
    assert_eq!(desk.heading().await, "没有登录");
    desk.judge("a campus sign-in that came to nothing").await;
    desk.go(&format!("/sso/left/{FIRST}")).await;
    assert_eq!(desk.heading().await, "已退出本系统");
    desk.judge("after a campus sign-in has ended").await;
}

#[test]
fn a_secretary_imports_mends_the_file_of_errors_and_imports_again() {
    journey(false, async |desk, folder| {
        let file = folder.join("新生.csv");
        let text = "学号,姓名,院系,专业,培养层次,年级,班级,政治面貌\n\
                    N1,甲,信息工程系,软件技术,专科,2026,软件2601班,团员\n\
                    N2,,信息工程系,软件技术,专科,2026,软件2601班,团员\n\
                    N3,丙,信息工程系,软件技术,3,2026,软件2601班,群众\n";
        std::fs::write(&file, text).unwrap();
        desk.sign_in(OfficeKind::StudentAffairs).await;
        desk.press("导入数据").await;
        desk.judge("imports").await;
        desk.fill("导入什么", "学生名单").await;
        desk.attach("文件", &file).await;
        desk.press("上传并预览").await;
        assert_eq!(desk.heading().await, "学生名单：新生.csv");
        desk.judge("preview").await;
        // The file of errors is taken down and mended as a person would in a spreadsheet.
        let path = desk.browser.current_url().await.unwrap().path().to_owned();
        let mut staff = desk.portal.signed_in(OfficeKind::StudentAffairs).await;
        let faults = staff.get(&format!("{path}/faults.xlsx")).await.bytes;
        let sheet = lunzhi::sheet::Sheet::read(&faults).unwrap();
        let mended = folder.join("改好.xlsx");
        let mut workbook = rust_xlsxwriter::Workbook::new();
        let page = workbook.add_worksheet();
        for (column, header) in sheet.headers.iter().enumerate() {
            page.write(0, u16::try_from(column).unwrap(), header).unwrap();
        }
        for (place, row) in (1..).zip(&sheet.rows) {
            for (column, cell) in row.cells.iter().enumerate() {
                let text = match (place, sheet.headers[column].as_str()) {
                    (1, "姓名") => "乙".to_owned(),
                    (2, "培养层次") => "专科".to_owned(),
                    _ => cell.shown().into_owned(),
                };
                page.write(place, u16::try_from(column).unwrap(), text).unwrap();
            }
        }
        workbook.save(&mended).unwrap();
        // The page follows what takes longer than a moment to its end by itself.
        let mut owner = desk.portal.owner().await;
        sqlx::raw_sql("begin; lock table account in exclusive mode").execute(&mut owner).await.unwrap();
        let held = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(2)).await;
            drop(owner);
        });
        desk.commit("确认写入 1 条").await;
        held.await.unwrap();
        desk.judge("committed").await;
        desk.press("再导入").await;
        desk.fill("导入什么", "学生名单").await;
        desk.attach("文件", &mended).await;
        desk.press("上传并预览").await;
        desk.commit("确认写入 2 条").await;
        desk.go("/people?q=软件2601班").await;
        assert_eq!(desk.browser.find_all(Locator::Css("tbody tr")).await.unwrap().len(), 3);
        desk.go("/rollover").await;
        desk.judge("the year").await;
        staff_pages(desk).await;
        campus_pages(desk).await;
    });
}

/// A list as clerks keep it: a cover sheet, a title above, headings with stars and blanks, numbers whose zeros are the
/// cell's format alone, a padded name, a typing error in the college, hidden rows, a word for the status, a total below.
fn ugly_list(folder: &Path) -> PathBuf {
    use rust_xlsxwriter::{Format, Workbook};
    let path = folder.join("2026级新生（最终版）改2.xlsx");
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("填写说明").unwrap().write(0, 0, "请各系认真填写").unwrap();
    let sheet = workbook.add_worksheet().set_name("名单").unwrap();
    sheet.merge_range(0, 0, 0, 7, "第一测试学院2026级新生名单", &Format::new()).unwrap();
    let headings = ["*学 号", "姓　名", "院 系", "专业", "培养层次", "年级", "班级", "政治\n面貌（必填）", "宿舍"];
    for (column, heading) in (0..).zip(headings) {
        sheet.write(1, column, heading).unwrap();
    }
    let zeros = Format::new().set_num_format("000000");
    let people = [
        ("张　伟", "信息工程系", "团员", "3-201"),
        ("古丽•买买提", "信息工程糸", "中国共产主义青年团团员", "3-202"),
        ("李四", "信息工程系", "03", ""),
        ("去年的人", "信息工程系", "群众", ""),
        ("王?", "信息工程系", "团员", ""),
    ];
    for (row, (name, college, political, room)) in (2..).zip(people) {
        sheet.write_with_format(row, 0, 1_200 + row, &zeros).unwrap();
        for (column, text) in (1..).zip([name, college, "软件技术", "大专", "26级", "软件2601班", political, room])
        {
            sheet.write(row, column, text).unwrap();
        }
    }
    sheet.set_row_hidden(5).unwrap();
    sheet.write(7, 0, "合计").unwrap();
    sheet.write(7, 1, "5 人").unwrap();
    workbook.save(&path).unwrap();
    path
}

#[test]
fn a_clerk_imports_a_list_as_it_is_and_sees_what_will_happen() {
    journey(false, async |desk, folder| {
        desk.sign_in(OfficeKind::StudentAffairs).await;
        desk.go("/imports").await;
        desk.fill("导入什么", "学生名单").await;
        desk.attach("文件", &ugly_list(folder)).await;
        desk.press("上传并预览").await;
        assert!(desk.text().await.contains("有 1 行是隐藏的或被筛选掉的（第 6 行）"), "{}", desk.text().await);
        desk.judge("a question about hidden rows").await;
        desk.browser.find(Locator::Css("input[name=hidden][value=leave]")).await.unwrap().click().await.unwrap();
        desk.press("上传并预览").await;
        let preview = desk.text().await;
        for said in [
            "读取的工作表：名单",
            "表头在第 2 行，以上的行没有读取",
            "第 8 行是备注或合计，没有读取",
            "隐藏的 1 行没有读取（第 6 行）",
            "忽略的列：宿舍",
            "姓名里有没能保存的字“?”",
            "有 1 处院系、专业或班级的名称与已有的相近",
        ] {
            assert!(preview.contains(said), "{said}: {preview}");
        }
        desk.judge("a preview of a real list").await;
        desk.press_at(Locator::Css("main a[href$='/places']")).await;
        assert_eq!(desk.heading().await, "核对院系、专业、班级");
        desk.judge("places to decide").await;
        desk.fill("院系信息工程糸是什么", "就是“信息工程系”").await;
        desk.press("保存选择").await;
        let added = desk.shown("//*[contains(@class, 'tabs')]//a[contains(., '新增')]").await.unwrap();
        added.click().await.unwrap();
        let rows = desk.browser.find(Locator::Css("tbody")).await.unwrap().text().await.unwrap();
        for kept in ["001202", "张伟", "古丽·买买提", "001204", "共青团员"] {
            assert!(rows.contains(kept), "{kept}: {rows}");
        }
        assert!(!rows.contains("糸") && !rows.contains("去年的人"), "{rows}");
        desk.commit("确认写入 3 条").await;
        assert!(desk.text().await.contains("已写入：新增 3 条"), "{}", desk.text().await);
        desk.go("/people?q=001203").await;
        assert!(desk.text().await.contains("古丽·买买提"));
    });
}

#[test]
fn a_secretary_orders_a_ballot_by_strokes_and_moves_one_line() {
    const STANDING: &str = "return [...document.querySelectorAll(\"td[data-label='姓名'] strong\")].map((one) => one.innerText).join('、')";
    journey(false, async |desk, _| {
        let names = [(101, "谢明"), (102, "王小明"), (103, "張文"), (104, "丁一凡"), (105, "王明")];
        for (student, name) in names {
            let renamed = sqlx::query("update student set name = $2 where number = $1");
            let renamed = renamed.bind(format!("2024{student:04}")).bind(name);
            renamed.execute(&mut desk.portal.owner().await).await.unwrap();
        }
        let plan = Plan { contests: &[("校代表", 6, 2, &[101, 102, 103, 104, 105], &[])], fields: &[] };
        let mut sitting = prepare(&desk.portal, &plan).await;
        desk.sign_in(OfficeKind::SchoolLeague).await;
        desk.go(&sitting.contests[0]).await;
        let standing = async || desk.browser.execute(STANDING, vec![]).await.unwrap();
        assert_eq!(standing().await, json!("丁一凡、王明、王小明、谢明、張文"));
        let said = desk.text().await;
        assert!(said.contains("候选人以姓氏笔画为序") && said.contains("“張”不在通用规范汉字表里"), "{said}");
        desk.judge("a ballot by strokes").await;
        let up = Locator::Css("button[aria-label='張文上移']");
        desk.press_at(up).await;
        assert_eq!(standing().await, json!("丁一凡、王明、王小明、張文、谢明"));
        assert!(desk.text().await.contains("手工排列"), "{}", desk.text().await);
        desk.judge("a line was moved").await;
        // A place that is typed brings its line there; one that is none is asked about, and stays typed.
        let place = desk.browser.find(Locator::Css("input[aria-label='谢明的次序']")).await.unwrap();
        place.clear().await.unwrap();
        place.send_keys("9").await.unwrap();
        desk.press("按填写的序号排列").await;
        assert!(desk.text().await.contains("次序应为 1 至 5 的整数"), "{}", desk.text().await);
        desk.judge("a place that is none").await;
        let place = desk.browser.find(Locator::Css("input[aria-label='谢明的次序']")).await.unwrap();
        place.clear().await.unwrap();
        place.send_keys("1").await.unwrap();
        desk.press("按填写的序号排列").await;
        assert_eq!(standing().await, json!("谢明、丁一凡、王明、王小明、張文"));
        desk.press("恢复按笔画排列").await;
        desk.press_at(up).await;
        // What was announced is what the ballot has.
        sitting.act("announce", &[]).await;
        desk.go(&sitting.contests[0]).await;
        assert_eq!(standing().await, json!("丁一凡、王明、王小明、張文、谢明"));
        assert!(desk.shown("//button[normalize-space()='按填写的序号排列']").await.is_none());
        desk.go(&format!("{}/ballots", sitting.path)).await;
        assert!(desk.text().await.contains("候选人以姓氏笔画为序"), "{}", desk.text().await);
        desk.judge("the announced ballot").await;
    });
}

/// A college union at its presidium's cap, with semesters around today; gives its path.
async fn college_union(desk: &Desk) -> String {
    grade_everybody(&desk.portal).await;
    let mut league = desk.portal.signed_in(OfficeKind::SchoolLeague).await;
    let today = desk.portal.app.clock.today();
    for (name, from, last) in [("本学期", -60, 59), ("下学期", 60, 199)] {
        let day = |days: i64| (today + time::Duration::days(days)).to_string();
        let fields = [("name", name), ("from", &day(from)), ("last", &day(last))];
        assert_eq!(league.post("/semesters", &fields).await.status, 303);
    }
    let roster = rows(1, 3, "主席团成员", "")
        + &rows(10, 2, "部门负责人", "综合部")
        + &rows(12, 8, "部门工作人员", "综合部")
        + &rows(30, 2, "部门负责人", "文体部");
    union(&mut league, "colleges", &roster, &(today - time::Duration::days(20)).to_string(), true).await
}

#[test]
fn a_secretary_at_a_desk_appoints_is_refused_and_settles_the_rotation() {
    journey(false, async |desk, folder| {
        let path = college_union(desk).await;
        desk.sign_in(OfficeKind::SchoolLeague).await;
        desk.judge("home with tasks").await;
        desk.press("对照检查总览").await;
        desk.judge("overview").await;
        desk.press("信息工程系学生会").await;
        desk.judge("a union").await;
        desk.press("任命").await;
        desk.judge("appoint").await;
        desk.fill("学号或姓名", "20240050").await;
        desk.fill("岗位", "主席团成员（现有 3/3 人）").await;
        desk.fill("任命依据", "校团委〔2026〕12号批复").await;
        desk.fill("未经遴选程序任命的理由", "系统启用前已完成推荐审查").await;
        let scan = folder.join("批复.pdf");
        std::fs::write(&scan, b"%PDF-1.7 signed").unwrap();
        desk.attach("批复扫描件（可不传）", &scan).await;
        desk.press("核对并任命").await;
        assert!(desk.heading().await.starts_with("任命学生50"));
        desk.judge("a refusal").await;
        desk.press("返回修改（已填内容保留）").await;
        desk.judge("the form again").await;
        let kept =
            "return [document.getElementById('number').value, document.body.innerText.includes('已上传：批复.pdf')]";
        assert_eq!(desk.browser.execute(kept, vec![]).await.unwrap(), json!(["20240050", true]));
        desk.fill("岗位", "部门工作人员").await;
        desk.fill("部门", "综合部：负责人 2，工作人员 8").await;
        desk.press("核对并任命").await;
        assert_eq!(desk.heading().await, "信息工程系学生会");
        desk.judge("after the appointment").await;
        desk.press("轮值").await;
        desk.judge("rotation with a gap").await;
        for (holder, semester) in [("学生1", "本学期"), ("学生2", "下学期")] {
            desk.fill("当值人选", holder).await;
            desk.fill("学期", semester).await;
            desk.press("拟定").await;
        }
        desk.judge("rotation with proposals").await;
        desk.press("核对并确认（2 期）").await;
        desk.judge("rotation settled").await;
        for end in ["findings", "history", "roster", "departments", "what-if", "batch", "open"] {
            desk.go(&format!("{path}/{end}")).await;
            desk.judge(end).await;
        }
        desk.go(&format!("{path}/what-if")).await;
        desk.fill("新增部门（或给已有部门加人）", "宣传部").await;
        desk.press("调整试算").await;
        desk.judge("what-if answered").await;
        desk.go("/unions").await;
        desk.judge("unions").await;
        desk.go("/semesters").await;
        desk.judge("semesters").await;
        desk.go(&path).await;
        desk.press("学生10").await;
        let open = "document.querySelectorAll('main details').forEach((one) => { one.open = true })";
        desk.browser.execute(open, vec![]).await.unwrap();
        desk.judge("a post").await;
    });
}

#[test]
fn on_a_phone_a_person_is_found_by_name_with_suggestions_and_without_them() {
    const ESCAPE: &str = "\u{e00c}";
    const DOWN: &str = "\u{e015}";
    const ENTER: &str = "\u{e007}";
    journey(true, async |desk, _| {
        let path = college_union(desk).await;
        sqlx::query("update student set name = '学生62' where number = '20240061'")
            .execute(&mut desk.portal.owner().await)
            .await
            .unwrap();
        desk.sign_in(OfficeKind::CollegeLeague).await;
        desk.go(&format!("{path}/appoint")).await;
        let options = "return [...document.querySelectorAll('#number-people:not([hidden]) [role=option]')].map((one) => one.innerText)";
        let offered = async || {
            let some = |found: &Value| found.as_array().filter(|people| !people.is_empty()).cloned();
            desk.until("somebody is suggested", options, some).await
        };
        let state = "const field = document.getElementById('number');
                     return [field.value, field.getAttribute('aria-expanded'),
                             document.getElementById('number-found').textContent]";
        desk.fill("学号或姓名", "学生62").await;
        let people = offered().await;
        assert!(people.len() == 2 && people[0].as_str().unwrap().contains("软件2401班"), "{people:?}");
        desk.judge("suggestions").await;
        desk.keys(ESCAPE).await;
        assert_eq!(desk.browser.execute(state, vec![]).await.unwrap(), json!(["学生62", "false", ""]));
        desk.fill("学号或姓名", "学生62").await;
        offered().await;
        desk.keys(DOWN).await;
        desk.keys(DOWN).await;
        let active =
            "return document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).innerText";
        assert!(desk.browser.execute(active, vec![]).await.unwrap().as_str().unwrap().contains("20240062"));
        desk.judge("a marked suggestion").await;
        desk.keys(ENTER).await;
        assert_eq!(
            desk.browser.execute(state, vec![]).await.unwrap(),
            json!(["20240062", "false", "✓ 学生62 软件2401班 · 信息工程系"])
        );
        // Sent as typed, the name is asked about with everything else still there.
        desk.fill("学号或姓名", "学生62").await;
        desk.fill("岗位", "部门工作人员").await;
        desk.fill("部门", "综合部：负责人 2，工作人员 8").await;
        desk.fill("任命依据", "校团委〔2026〕12号批复").await;
        desk.fill("未经遴选程序任命的理由", "启用前已完成推荐审查").await;
        desk.press("核对并任命").await;
        assert!(desk.text().await.contains("有重名，请选定是哪一位"));
        desk.judge("the choice").await;
        desk.browser.find(Locator::Css("input[name=pick][value='20240061']")).await.unwrap().click().await.unwrap();
        desk.press("核对并任命").await;
        assert_eq!(desk.heading().await, "信息工程系学生会");
        let open = "document.querySelectorAll('main details').forEach((one) => { one.open = true })";
        desk.browser.execute(open, vec![]).await.unwrap();
        assert!(desk.text().await.contains("20240061"));
    });
}

#[test]
fn on_a_phone_a_secretary_reads_the_union_and_a_student_hands_over() {
    journey(true, async |desk, _| {
        let path = college_union(desk).await;
        let own = "update account set student_id = (select s.id from student s where s.number = '20240001'
                   and s.institution_id = account.institution_id) where number = 'student'";
        sqlx::query(own).execute(&mut desk.portal.owner().await).await.unwrap();
        desk.sign_in(OfficeKind::CollegeLeague).await;
        desk.judge("home").await;
        desk.press("学生会").await;
        assert_eq!(desk.heading().await, "信息工程系学生会");
        desk.judge("the union").await;
        // The drawing of the organisation is a list there, and the list of people is one touch away.
        let seen = "return [...document.querySelectorAll('.chart-drawn, .chart-list, .fold-narrow table')]
                    .map((one) => one.checkVisibility())";
        assert_eq!(desk.browser.execute(seen, vec![]).await.unwrap(), json!([false, true, false]));
        desk.press("轮值").await;
        desk.fill("当值人选", "学生1").await;
        desk.fill("学期", "本学期").await;
        desk.press("拟定").await;
        desk.press("核对并确认（1 期）").await;
        desk.judge("rotation").await;
        for end in ["findings", "history", "roster", "departments", "what-if", "batch", "appoint"] {
            desk.go(&format!("{path}/{end}")).await;
            desk.judge(end).await;
        }
        desk.press("退出").await;
        desk.sign_in(OfficeKind::SchoolLeague).await;
        desk.go("/compliance").await;
        desk.judge("overview").await;
        desk.press("退出").await;
        desk.sign_in(OfficeKind::Student).await;
        desk.judge("the chair's home").await;
        desk.press_at(Locator::Css(".waiting a")).await;
        assert_eq!(desk.heading().await, "我的轮值");
        desk.judge("my turn").await;
        let note = desk.browser.find(Locator::Css("textarea")).await.unwrap();
        note.send_keys("迎新账目已结，仓库钥匙在办公室").await.unwrap();
        desk.press("保存交接说明").await;
        desk.judge("handed over").await;
        desk.press("看轮值安排、拟定下一期").await;
        desk.judge("the rotation as its chair sees it").await;
    });
}

/// A picture of some megabytes, as phones take them.
fn picture(folder: &Path) -> PathBuf {
    let path = folder.join("照片.png");
    let photo = image::RgbImage::from_fn(1_200, 1_680, |x, y| {
        let [low, high, ..] = ((x * 7_919) ^ (y * 104_729)).wrapping_mul(2_654_435_761).to_be_bytes();
        image::Rgb([low / 16 + 120, high / 16 + 100, 90])
    });
    photo.save(&path).unwrap();
    path
}

/// Waits until the page has made the chosen photo small; gives what is sent then: its kind and its bytes.
async fn photo_made_small(desk: &Desk) -> (String, u64) {
    let made = "const field = document.getElementById('file');
                return [field.nextElementSibling.textContent, field.files[0].type, field.files[0].size]";
    let small = |seen: &Value| {
        seen[0].as_str()?.contains("照片已缩小").then_some(())?;
        Some((seen[1].as_str()?.to_owned(), seen[2].as_u64()?))
    };
    desk.until("the photo is small", made, small).await
}

#[test]
fn a_student_applies_on_a_phone_and_follows_it() {
    journey(true, async |desk, folder| {
        let college = college_union(desk).await;
        let today = desk.portal.app.clock.today();
        let mut league = desk.portal.signed_in(OfficeKind::CollegeLeague).await;
        open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "2", today)).await;
        student_account(&desk.portal, 40).await;
        desk.go("/sign-in").await;
        desk.fill("学校", "第一测试学院").await;
        desk.fill("学号或工号", "20240040").await;
        desk.fill("密码", PASSWORD).await;
        desk.press("登录").await;
        desk.judge("a student's home with an open round").await;
        desk.press_at(Locator::Css(".rounds a")).await;
        desk.judge("conditions and form").await;
        assert_eq!(desk.heading().await, "秋季招新");
        // What is left out is asked for, and what was typed is still there.
        desk.fill("学习、工作经历和获奖（可不填）", "班级学习委员").await;
        desk.fill("个人陈述", "我愿意用课余时间服务同学，做好每一件小事，按时完成工作。").await;
        let taken = picture(folder);
        desk.attach("照片（可不传）", &taken).await;
        let (kind, size) = photo_made_small(desk).await;
        let before = std::fs::metadata(&taken).unwrap().len();
        assert!(kind == "image/jpeg" && size * 3 < before, "{kind} {size} of {before}");
        desk.judge("a photo made small").await;
        desk.press("提交报名").await;
        desk.judge("the form again").await;
        let kept = desk.browser.execute("return document.getElementById('experience').value", vec![]).await.unwrap();
        assert_eq!(kept, json!("班级学习委员"));
        for choice in ["input[name=source][value=ordinary]", "input[name=pledge]"] {
            desk.browser.find(Locator::Css(choice)).await.unwrap().click().await.unwrap();
        }
        // Sent at once, the form waits for its picture.
        desk.attach("照片（可不传）", &taken).await;
        desk.press("提交报名").await;
        desk.judge("an application").await;
        let shown = "return document.querySelector('img.photo').naturalWidth";
        assert_eq!(desk.browser.execute(shown, vec![]).await.unwrap(), json!(480), "the photo is shown");
        let mut branch = desk.portal.signed_in(OfficeKind::ClassBranch).await;
        agree(&mut branch, &[]).await;
        desk.press("学生会报名").await;
        desk.judge("my applications").await;
        let mine = desk.browser.find(Locator::Css(".rounds")).await.unwrap().text().await.unwrap();
        assert!(mine.contains("待系（院）团组织同意"), "{mine}");
    });
}

#[test]
fn a_college_secretary_works_through_forty_cases_with_the_keyboard() {
    journey(false, async |desk, _| {
        let college = college_union(desk).await;
        let today = desk.portal.app.clock.today();
        let mut league = desk.portal.signed_in(OfficeKind::CollegeLeague).await;
        let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "5", today)).await;
        let mut branch = desk.portal.signed_in(OfficeKind::ClassBranch).await;
        for number in 50..90 {
            let mut student = student_account(&desk.portal, number).await;
            apply(&mut student, &round, "ordinary").await;
            agree(&mut branch, &[]).await;
        }
        desk.sign_in(OfficeKind::CollegeLeague).await;
        desk.press("遴选轮次").await;
        desk.judge("rounds").await;
        desk.go(&round).await;
        desk.judge("a round").await;
        for end in ["cases", "edit", "outcome", "record"] {
            desk.go(&format!("{round}/{end}")).await;
            desk.judge(end).await;
        }
        desk.go("/rounds/new").await;
        desk.press("下一步").await;
        desk.judge("opening a round").await;
        desk.press("遴选办理").await;
        desk.judge("forty cases").await;
        desk.press_at(Locator::Css("tbody a")).await;
        desk.judge("a case").await;
        // The first case is read from its beginning: nothing in it has the focus until somebody goes to the choices. From
        // then on the first choice has it and nothing is chosen: Space chooses, Tab leads past the box that a refusal
        // asks for and the words to the button, Enter signs and goes on. To which step is asked of a return alone.
        let nowhere = "return document.activeElement === document.body";
        assert_eq!(desk.browser.execute(nowhere, vec![]).await.unwrap(), json!(true));
        let choices = "document.querySelector('#opinion input[type=radio]').focus()";
        desk.browser.execute(choices, vec![]).await.unwrap();
        for done in 0..40 {
            let focus = "return document.activeElement.name + '=' + document.activeElement.value";
            assert_eq!(desk.browser.execute(focus, vec![]).await.unwrap(), json!("verdict=agree"), "after {done}");
            desk.browser.execute("window.before = true", vec![]).await.unwrap();
            if done == 3 {
                // Down once is a return to the candidate, with a reason.
                desk.keys(" \u{E015}\u{E004}\u{E004}\u{E004}请补充经历").await;
                desk.keys("\u{E004}\u{E007}").await;
            } else {
                desk.keys(" \u{E004}\u{E004}\u{E004}\u{E007}").await;
            }
            desk.arrive().await;
        }
        let said = desk.browser.find(Locator::Css("main")).await.unwrap().text().await.unwrap();
        assert!(said.contains("没有等你办理的候选人"), "{said}");
        desk.press("我办过的").await;
        desk.judge("what I have dealt with").await;
        let mut party = desk.portal.signed_in(OfficeKind::CollegeParty).await;
        assert!(party.get("/").await.text().contains("办理 39 件遴选"));
    });
}

#[test]
fn a_student_votes_on_a_phone_with_the_keyboard_alone() {
    journey(true, async |desk, _| {
        let mut sitting = opened(&desk.portal, &SMALL).await;
        student_account(&desk.portal, 3).await;
        desk.go("/sign-in").await;
        desk.fill("学校", "第一测试学院").await;
        desk.fill("学号或工号", "20240003").await;
        desk.fill("密码", PASSWORD).await;
        desk.press("登录").await;
        assert!(desk.text().await.contains("投票：代表选举"), "the home page says what waits");
        desk.press("我的投票").await;
        desk.judge("my votes").await;
        desk.go(&sitting.votes()).await;
        desk.judge("the ballot").await;
        // Each group of three is one stop: Space chooses 赞成, arrows go on to the others.
        let first = "document.querySelector('input[name=c1-1]').focus()";
        desk.browser.execute(first, vec![]).await.unwrap();
        desk.keys(" \u{E004}\u{E015}\u{E004}").await;
        let chosen = "return [...document.querySelectorAll('input:checked')].map(e => e.name + e.value).join()";
        assert_eq!(desk.browser.execute(chosen, vec![]).await.unwrap(), json!("c1-1F,c1-2A"));
        desk.keys("\u{E004}\u{E007}").await;
        desk.arrive().await;
        assert_eq!(desk.heading().await, "请核对，然后投票");
        desk.judge("the confirmation").await;
        desk.press("返回修改（选好的都保留）").await;
        assert_eq!(desk.browser.execute(chosen, vec![]).await.unwrap(), json!("c1-1F,c1-2A"), "all is kept");
        desk.press("下一步：核对").await;
        desk.press("确认投票").await;
        assert_eq!(desk.heading().await, "已投票");
        desk.judge("voted").await;
        desk.browser.refresh().await.unwrap();
        desk.arrive().await;
        assert_eq!(desk.heading().await, "代表选举", "a reload shows the ballot and casts nothing");
        for mut client in voters(&desk.portal, 4..=10).await {
            cast(&mut client, &sitting.id, &[("c1-1", "F")]).await;
        }
        sitting.count().await;
        sitting.act("report", &[]).await;
        desk.go(&sitting.votes()).await;
        desk.judge("the result").await;
        desk.go(&format!("{}/powers", sitting.votes())).await;
        desk.judge("powers").await;
    });
}

#[test]
fn a_secretary_prepares_and_a_monitor_proves_a_passphrase() {
    journey(false, async |desk, _| {
        let mut sitting = prepare(&desk.portal, &SMALL).await;
        desk.sign_in(OfficeKind::SchoolLeague).await;
        desk.press("选举").await;
        desk.judge("sittings").await;
        desk.press("新建场次").await;
        desk.judge("a new sitting").await;
        desk.go(&sitting.path).await;
        desk.judge("a draft").await;
        desk.go(&sitting.contests[0]).await;
        desk.judge("a contest").await;
        desk.go(&format!("{}/contests/new", sitting.path)).await;
        desk.judge("a new contest").await;
        sitting.announce().await;
        sitting.act("rehearse", &[]).await;
        sitting.unseal(1).await;
        sitting.unseal(2).await;
        desk.press("退出").await;
        desk.sign_in(OfficeKind::StudentAffairs).await;
        desk.press("监票").await;
        desk.judge("monitoring").await;
        desk.go(&format!("/monitoring/{}", sitting.id)).await;
        desk.judge("a rehearsal").await;
        desk.fill("监票口令", &sitting.monitors[0].1).await;
        desk.press("演练").await;
        assert!(desk.text().await.contains("口令正确"));
        sitting.act("open", &[]).await;
        desk.go(&format!("/monitoring/{}", sitting.id)).await;
        desk.judge("an open sitting").await;
        desk.go(&format!("{}/turnout", sitting.path)).await;
        desk.judge("turnout").await;
        desk.press("退出").await;
        desk.sign_in(OfficeKind::SchoolLeague).await;
        for end in ["hall", "ballots"] {
            desk.go(&format!("{}/{end}", sitting.path)).await;
            desk.judge(end).await;
        }
        desk.portal.app.clock.advance(time::Duration::minutes(6));
        for mut client in voters(&desk.portal, 1..=9).await {
            cast(&mut client, &sitting.id, &[("c1-1", "F")]).await;
        }
        sitting.act("paper", &[("number", "20240010")]).await;
        sitting.act("close", &[("sure", "yes")]).await;
        let entry = sitting.contests[0].replace("/sittings/", "/entries/").replace("/contests/", "/");
        desk.go(&entry).await;
        desk.judge("an entry").await;
        let figures = [("returned", "1"), ("valid", "1"), ("void", "0"), ("f1", "1"), ("a1", "0"), ("n1", "0")];
        let figures = [&figures[..], &[("f2", "0"), ("a2", "0"), ("n2", "1"), ("written", "")]].concat();
        for client in [&mut sitting.keeper, &mut sitting.monitors[2].0] {
            assert_eq!(client.post(&entry, &figures).await.status, 303);
        }
        sitting.unseal(0).await;
        sitting.unseal(1).await;
        sitting.counted().await;
        desk.go(&sitting.path).await;
        desk.judge("counted").await;
        sitting.act("report", &[]).await;
        for end in ["tally", "report", "notice"] {
            desk.go(&format!("{}/{end}", sitting.path)).await;
            desk.judge(end).await;
        }
    });
}

/// The frame leaves the page its room: in every office, on a small phone, with targets that a thumb hits.
#[test]
fn on_a_phone_the_header_is_one_row_in_every_office() {
    const SMALL_TARGETS: &str =
        "return [...document.querySelectorAll('.top a, .top button, .more summary, .side a, .side button')]
        .filter((one) => one.offsetParent !== null)
        .map((one) => [one.innerText, one.getBoundingClientRect()])
        .filter(([, box]) => box.width < 44 || box.height < 44)
        .map(([words, box]) => `${words} ${box.width}×${box.height}`)";
    const OUTSIDE: &str = "return [document.querySelector('main').getBoundingClientRect().top / 740,
        document.documentElement.scrollWidth <= window.innerWidth,
        document.querySelector('.side').offsetParent === null]";
    journey(true, async |desk, _| {
        let own = "update account set student_id = (select s.id from student s where s.number = '20240001'
                   and s.institution_id = account.institution_id) where number = 'class_branch'";
        sqlx::query(own).execute(&mut desk.portal.owner().await).await.unwrap();
        for office in OfficeKind::ALL {
            desk.browser.delete_all_cookies().await.unwrap();
            desk.sign_in(*office).await;
            let what = office.label();
            let seen = desk.browser.execute(OUTSIDE, vec![]).await.unwrap();
            assert!(seen[0].as_f64().unwrap() < 0.15, "{what}: the header takes {} of the screen", seen[0]);
            assert_eq!((&seen[1], &seen[2]), (&json!(true), &json!(true)), "{what}");
            assert_eq!(desk.browser.execute(SMALL_TARGETS, vec![]).await.unwrap(), json!([]), "{what}");
            desk.browser.find(Locator::Css(".more summary")).await.unwrap().click().await.unwrap();
            assert_eq!(desk.browser.execute(SMALL_TARGETS, vec![]).await.unwrap(), json!([]), "{what}, opened");
            desk.judge(what).await;
            let side = desk.browser.find(Locator::Css(".side")).await.unwrap().text().await.unwrap();
            for own in ["我的账号", "监票", "退出"] {
                assert!(side.contains(own), "{what}: {side}");
            }
            // A secretary of a class is a student too.
            if matches!(office, OfficeKind::ClassBranch | OfficeKind::Student) {
                for own in ["报名", "我的投票", "我的信息"] {
                    assert!(side.contains(own), "{what}: {side}");
                }
            }
        }
    });
}

#[test]
fn a_check_in_officer_takes_delegates_on_a_phone() {
    const LOW: &str = "return [...document.querySelectorAll('main a, main button, main summary')]
        .filter((one) => one.offsetParent !== null && one.getBoundingClientRect().height < 43.5)
        .map((one) => one.innerText)";
    let before = async || {
        let portal = Portal::start().await;
        let (path, mut league) = checking_in(&portal, 6).await;
        drop(voter(&portal, 101).await);
        let officer = [("number", "20240101"), ("desk", "2 号台")];
        see_other(&league.post(&format!("{path}/check-in/desks"), &officer).await);
        (portal, path)
    };
    journey_after(true, before, async |desk, path| {
        desk.sign_in_as("20240101").await;
        assert!(desk.text().await.contains("签到"), "the home page leads to the desk");
        desk.go(&format!("{path}/check-in")).await;
        desk.judge("the desk").await;
        assert_eq!(desk.heading().await, "签到：2 号台");
        desk.fill("学号、代表证号或姓名", "学生2").await;
        desk.press("签到").await;
        let told = desk.browser.find(Locator::Css(".desk-told")).await.unwrap().text().await.unwrap();
        assert!(told.contains("学生2"), "{told}");
        desk.judge("somebody came").await;
        assert_eq!(desk.browser.execute(LOW, vec![]).await.unwrap(), json!([]), "a thumb hits what is pressed there");
        desk.fill("学号、代表证号或姓名", "002").await;
        desk.press("签到").await;
        let told = desk.browser.find(Locator::Css(".desk-told")).await.unwrap().text().await.unwrap();
        assert!(told.contains("只计一次"), "{told}");
        desk.fill("学号、代表证号或姓名", "20240149").await;
        desk.press("签到").await;
        desk.judge("a stranger").await;
        assert!(desk.text().await.contains("实到 1"), "{}", desk.text().await);
    });
}

#[test]
fn a_delegate_shows_the_card_and_reads_the_agenda_on_a_phone() {
    let before = async || {
        let portal = Portal::start().await;
        let (path, mut league) = checking_in(&portal, 4).await;
        let item = [("kind", "report"), ("title", "听取学生会工作报告"), ("speaker", "张三"), ("document", "")];
        see_other(&league.post(&format!("{path}/meeting/agenda"), &item).await);
        drop(voter(&portal, 3).await);
        (portal, path)
    };
    journey_after(true, before, async |desk, path| {
        desk.sign_in_as(&number(3)).await;
        desk.judge("a delegate's home").await;
        desk.go(&format!("{path}/meeting/mine")).await;
        desk.judge("a delegate's meeting").await;
        assert!(desk.text().await.contains("听取学生会工作报告"));
        desk.press("出示出席证").await;
        desk.judge("the card").await;
        let card = desk.browser.find(Locator::Css(".phone-card svg")).await.unwrap();
        let (_, _, width, _) = card.rectangle().await.unwrap();
        assert!(width > 150.0, "a camera reads it from an arm's length: {width}");
    });
}

#[test]
fn an_officer_reports_at_a_desk_and_reads_the_result() {
    let before = async || {
        let story = reviews::begun().await;
        drop(voter(&story.portal, 1).await);
        let portal = story.portal.with(story.portal.app.clone());
        (portal, story)
    };
    journey_after(false, before, async |desk, story| {
        desk.sign_in_as(&number(1)).await;
        assert!(desk.text().await.contains("写述职报告"));
        let own = format!("/my-reviews/{}", story.id);
        desk.go(&own).await;
        desk.judge("the report").await;
        desk.press("提交").await;
        desk.judge("a report with gaps").await;
        for aspect in ["政治态度", "道德品行", "学习情况", "工作成效", "纪律作风"] {
            desk.fill(aspect, "本学期做了这些工作，还有这些不足").await;
        }
        desk.press("提交").await;
        assert!(desk.text().await.contains("述职报告已提交"));
        desk.judge("handed in").await;
        story.report(2).await;
        story.report(10).await;
        reviews::scored(story).await;
        desk.go(&own).await;
        desk.judge("the result").await;
        assert!(desk.text().await.contains("我的结果"), "{}", desk.text().await);
        desk.fill("哪里不对，有什么依据", "第三方面有误").await;
        desk.press("提出异议").await;
        desk.judge("objected").await;
    });
}

#[test]
fn a_student_delegate_scores_twelve_people_on_a_phone() {
    let before = async || {
        let story = reviews::twelve().await;
        let portal = story.portal.with(story.portal.app.clone());
        (portal, story)
    };
    journey_after(true, before, async |desk, story| {
        desk.sign_in_as(&number(101)).await;
        let list = format!("/scoring/{}", story.id);
        for person in 1..=12 {
            desk.go(&list).await;
            if person == 1 {
                desk.judge("the list").await;
            }
            assert!(desk.text().await.contains(&format!("已评 {}/12 人", person - 1)), "{}", desk.text().await);
            desk.press_at(Locator::XPath("//a[.//span[normalize-space()='未评']]")).await;
            if person == 1 {
                desk.judge("a sheet").await;
            }
            for aspect in ["政治态度", "道德品行", "学习情况", "工作成效", "纪律作风"] {
                desk.fill(aspect, "92").await;
            }
            desk.press("提交").await;
        }
        assert!(desk.text().await.contains("已评 12/12 人"));
        desk.judge("all are scored").await;
    });
}

#[test]
fn a_student_asks_on_a_phone_and_confirms_the_answer() {
    journey(true, async |desk, folder| {
        student_account(&desk.portal, 40).await;
        desk.go("/sign-in").await;
        desk.fill("学校", "第一测试学院").await;
        desk.fill("学号或工号", "20240040").await;
        desk.fill("密码", PASSWORD).await;
        desk.press("登录").await;
        desk.press("诉求").await;
        desk.judge("requests, none yet").await;
        desk.press("提诉求").await;
        desk.judge("the form of a request").await;
        desk.fill("具体情况，希望怎样解决", "这两周晚上九点以后经常停水").await;
        desk.browser.execute("document.querySelector('main form[enctype]').noValidate = true", vec![]).await.unwrap();
        desk.press("提交").await;
        desk.judge("the form again").await;
        assert!(desk.text().await.contains("请选择哪一方面"));
        desk.fill("哪一方面", "权益维护").await;
        desk.fill("一句话说是什么事", "三楼热水经常停").await;
        desk.attach("图片（可不传）", &picture(folder)).await;
        desk.browser.find(Locator::Css("input[value=named]")).await.unwrap().click().await.unwrap();
        desk.press("提交").await;
        desk.judge("a request that was made").await;
        let shown = "return document.querySelector('img.picture').naturalWidth";
        assert_eq!(desk.browser.execute(shown, vec![]).await.unwrap(), json!(914), "drawn anew at 1,280 a side");
        let own = desk.browser.current_url().await.unwrap().path().to_owned();
        desk.press("退出").await;
        desk.sign_in(OfficeKind::SchoolUnion).await;
        desk.go("/voice/desk").await;
        desk.judge("an office's morning").await;
        desk.press("三楼热水经常停").await;
        desk.judge("a request before the union").await;
        desk.fill("承办单位", "校学生会自己办理").await;
        desk.press("接收并交办").await;
        desk.judge("a request that was taken up").await;
        desk.fill("结果", "已解决").await;
        desk.fill("答复", "循环泵已更换。").await;
        desk.press("答复").await;
        desk.judge("a request that was answered").await;
        desk.go("/voice/desk/figures").await;
        desk.judge("figures of requests").await;
        desk.press("退出").await;
        desk.go("/sign-in").await;
        desk.fill("学校", "第一测试学院").await;
        desk.fill("学号或工号", "20240040").await;
        desk.fill("密码", PASSWORD).await;
        desk.press("登录").await;
        desk.go(&own).await;
        desk.judge("an answer to one's request").await;
        desk.fill("评价", "满意").await;
        desk.press("提交评价").await;
        desk.judge("a request that is closed").await;
        assert!(desk.text().await.contains("已记下你的评价"));
    });
}

/// A League secretary turns a document into a draft: marks a sentence, says the rule, mends a figure.
#[test]
fn a_secretary_marks_a_sentence_of_the_document_for_a_rule() {
    for phone in [false, true] {
        journey(phone, async |desk, folder| {
            let document = folder.join("方案.txt");
            std::fs::write(
                &document,
                "三、规模\n（一）校级学生会主席团成员不超过4人。\n（二）部门。工作部门不超过6个。",
            )
            .unwrap();
            desk.sign_in(OfficeKind::SchoolLeague).await;
            desk.go("/plan-drafts").await;
            desk.judge("drafts").await;
            desk.fill("草稿的名称", "2026 年方案").await;
            desk.press("新建草稿").await;
            desk.judge("a draft").await;
            desk.press("放入文件原文").await;
            desk.judge("no text yet").await;
            desk.attach("文件（.docx、.txt）", &document).await;
            desk.press("放入草稿").await;
            desk.judge("the document's text").await;
            let mark = "const one = [...document.querySelectorAll('[data-sentence]')]
                            .find((one) => one.textContent.includes('不超过4人'));
                        const range = document.createRange();
                        range.selectNodeContents(one);
                        getSelection().removeAllRanges();
                        getSelection().addRange(range);";
            desk.browser.execute(mark, vec![]).await.unwrap();
            let words = "return document.getElementById('words').value";
            let typed = |words: &Value| words.as_str().filter(|words| !words.is_empty()).map(str::to_owned);
            let marked = desk.until("what is marked is quoted", words, typed).await;
            assert_eq!(marked, "（一）校级学生会主席团成员不超过4人。", "what is marked is what is quoted");
            let choose = "document.getElementById('rule').value = 'STF-02'";
            desk.browser.execute(choose, vec![]).await.unwrap();
            desk.press("引用到这一条").await;
            desk.judge("the group of the rule").await;
            let typed = "const value = (name) => document.getElementById(name).value;
                         return [value('STF-02.at_most'), value('STF-02.clause1.quote')]";
            let typed = desk.browser.execute(typed, vec![]).await.unwrap();
            assert_eq!(typed, json!(["4", "校级学生会主席团成员不超过4人"]));
            desk.browser.execute("document.getElementById('STF-02.at_most').value = '5'", vec![]).await.unwrap();
            desk.press("保存").await;
            desk.judge("a figure beside another").await;
            assert!(desk.text().await.contains("引文里的数是 4，这里填的是 5"));
        });
    }
}

#[test]
fn a_proposer_writes_on_a_phone_and_is_answered_until_satisfied() {
    let before = async || {
        let (portal, league, today, congress) = proposals::congress().await;
        (portal, (league, today, congress))
    };
    journey_after(true, before, async |desk, (mut league, today, congress)| {
        proposals::set_deadline(&mut league, &congress, today + time::Duration::days(5)).await;
        desk.sign_in(OfficeKind::Student).await;
        desk.go("/proposals/new").await;
        desk.judge("the form of a proposal").await;
        desk.fill("标题（一事一案）", "延长图书馆开放时间").await;
        desk.fill("类别", "生活服务").await;
        desk.fill("案由", "考试周座位不足").await;
        desk.fill("建议", "考试周开放到二十三点").await;
        desk.press("保存草稿").await;
        desk.judge("a draft").await;
        let own = desk.browser.current_url().await.unwrap().path().to_owned();
        for (number, office) in [("20240002", OfficeKind::ClassBranch), ("20240003", OfficeKind::SchoolUnion)] {
            desk.fill("邀请附议的代表", number).await;
            desk.press("邀请附议").await;
            let mut peer = desk.portal.signed_in(office).await;
            let seen = peer.get(&own).await.attributes("input[name=seen]", "value").remove(0);
            assert_eq!(peer.post(&format!("{own}/answer"), &[("answer", "yes"), ("seen", &seen)]).await.status, 303);
        }
        desk.go(&own).await;
        desk.judge("a draft that two second").await;
        desk.press("提交提案").await;
        desk.judge("handed in").await;
        let of_committee = format!("{congress}{own}");
        see_other(&league.post(&format!("{of_committee}/screen"), &[("decision", "accept")]).await);
        let assigned = [("office", "图书馆"), ("within", "30")];
        see_other(&league.post(&format!("{of_committee}/assign"), &assigned).await);
        let day = today.to_string();
        for (says, word, remark) in
            [("延长到二十二点。", "不满意", "考试周还是不够"), ("考试周延长到二十三点。", "满意", "")]
        {
            let reply = [("replied_on", day.as_str()), ("says", says)];
            see_other(&league.post(&format!("{of_committee}/reply"), &reply).await);
            desk.go(&own).await;
            desk.judge("answered").await;
            desk.fill("评价", word).await;
            if !remark.is_empty() {
                desk.fill("说明（不满意的须填写）", remark).await;
            }
            desk.press("提交评价").await;
            desk.judge("rated").await;
        }
        assert!(desk.text().await.contains("已办结"), "{}", desk.text().await);
        desk.go("/proposals").await;
        desk.judge("the public list").await;
    });
}
