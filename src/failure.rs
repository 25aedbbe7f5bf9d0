//! What can go wrong for a visitor, and the page each becomes.
//!
//! Three things are kept apart: what cannot be read (the same page again, filled in, 422: the feature's own), what is
//! refused (a page that quotes the clause, or names the office, and shows the way back) and what failed (a page with
//! a way out and no word of the cause; the log has it).

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Extension,
    extract::Request,
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use sqlx::postgres::PgDatabaseError;
use time::Date;

use crate::{
    office::OfficeKind,
    page::{
        chrome::Chrome,
        filters,
        unsent::{TypedText, Unsent},
    },
    rules::{Finding, Outcome},
    text::chinese_day,
};

/// Why a request does not get what it asked for.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Nobody is signed in; after signing in, on to the path.
    #[error("not signed in")]
    SignInFirst(String),
    /// The person must choose a password of their own first.
    #[error("password first")]
    PasswordFirst,
    /// The university moved to another database on that day: here it is read alone, and nothing was written.
    #[error("moved to another database")]
    Moved(Date),
    /// Nobody comes in here any more: their university moved to another database on that day.
    #[error("signed in elsewhere")]
    MovedAway {
        on: Date,
        /// The address under which it is now, where the operator said it.
        to: Option<String>,
    },
    /// Too little room is left on the disk for an upload.
    #[error("the disk is nearly full")]
    DiskShort,
    /// No room is left on the disk: nothing was written, and only an operator can help.
    #[error("the disk is full")]
    DiskFull,
    /// The office in which the person acts may not do this.
    #[error("not this office's")]
    NotYours {
        chrome: Box<Chrome>,
        needed: &'static [OfficeKind],
        /// One of them that the person also holds.
        held: Option<OfficeKind>,
    },
    #[error("refused by the rules")]
    Refused {
        refusal: Box<Refusal>,
        /// Those that refuse, gravest first.
        findings: Vec<Finding>,
    },
    /// There is no such page or thing, or not for this person.
    #[error("not found")]
    Missing,
    /// Too much at once.
    #[error("busy")]
    Busy,
    /// The database is away, or takes no writes just now: nothing was written.
    #[error("the database is away")]
    Away,
    /// A commit before this one waits for its standby, and this one would wait behind it: nothing was written.
    #[error("commits wait for the standby")]
    CommitsWait,
    /// The database went away at the commit, or did not confirm it in time: it may be done.
    #[error("the commit was not confirmed")]
    Unconfirmed,
    /// It took too long; what was begun may still be done.
    #[error("took too long")]
    TookLong,
    /// The request is larger than it may be.
    #[error("too large")]
    TooLarge,
    /// The form has more text than a form without a file may have.
    #[error("too much text")]
    TooMuchText,
    /// The form has characters that no keyboard types.
    #[error("untypeable")]
    Untypeable,
    /// The form came back unsent, and its page cannot be shown as it was filled in.
    #[error("unsent")]
    Unsent,
    /// Another site's page sent the form.
    #[error("foreign form")]
    Foreign,
    /// The plan that governs was written for another version of the program, which reads it no more.
    #[error("the governing plan cannot be read: {0:#}")]
    PlanUnreadable(anyhow::Error),
    /// The ballot key is not the one by which the sitting was opened: nobody can vote or count until it is put right.
    #[error("the ballot key is not the one of the sitting")]
    WrongBallotKey,
    /// The form is not one that our pages send.
    #[error("malformed request")]
    Malformed,
    #[error("database")]
    Database(#[from] sqlx::Error),
    /// Anything else that should not happen.
    #[error("broken")]
    Broken(#[from] anyhow::Error),
}

/// Marks an answer that is none because the database's connection broke: to read once more may help.
#[derive(Debug, Clone, Copy)]
pub struct BrokeOff;

/// Marks an answer that leads to the sign-in page because nobody was signed in.
#[derive(Debug, Clone, Copy)]
pub struct SignedOut;

/// A refusal by the rules: what was wanted, why not, and the way back.
#[derive(Debug)]
pub struct Refusal {
    pub chrome: Chrome,
    /// What was wanted, in Chinese.
    pub wanted: String,
    /// A path that shows the form again with everything kept.
    pub back: String,
}

impl Refusal {
    /// The refusal with the findings that refuse; what is met is no reason.
    #[must_use]
    pub fn because(self, mut findings: Vec<Finding>) -> Failure {
        findings.retain(|finding| matches!(finding.verdict, Outcome::Fail | Outcome::Unknown));
        findings.sort_by_key(|finding| finding.verdict);
        Failure::Refused { refusal: Box::new(self), findings }
    }

    /// The refusal for what the portal itself asks: it cites no clause.
    #[must_use]
    pub fn for_reason(self, why: impl Into<String>, remedy: impl Into<String>) -> Failure {
        self.because(vec![Finding::house(Outcome::Fail, why.into()).remedy(remedy)])
    }
}

/// The page of a failure. Its answer carries it, for whoever shows it again with what was typed.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "failure.html")]
pub struct FailurePage {
    chrome: Chrome,
    heading: &'static str,
    says: String,
    switch: Option<OfficeKind>,
    /// The way out: path and word.
    onward: (&'static str, &'static str),
    /// What a form says that comes back because of it; none where sending it once more would not help.
    unsent: Option<Unsent>,
    /// What was typed into the form that met it.
    texts: Vec<TypedText>,
}

/// The way out of most failures.
const HOME: (&str, &str) = ("/", "回首页");

impl FailurePage {
    fn new(heading: &'static str, says: impl Into<String>) -> Self {
        let (chrome, says) = (Chrome::bare(heading), says.into());
        Self { chrome, heading, says, switch: None, onward: HOME, unsent: None, texts: Vec::new() }
    }

    fn unsent(self, unsent: Unsent) -> Self {
        Self { unsent: Some(unsent), ..self }
    }

    fn answer(self, status: StatusCode) -> Response {
        (status, Extension(self.clone()), self).into_response()
    }

    /// What a form says that comes back because of it; none where sending it once more would not help.
    #[must_use]
    pub fn why_unsent(&self) -> Option<Unsent> {
        self.unsent
    }

    /// The page with what was typed, so that it can be copied.
    #[must_use]
    pub fn with_texts(self, texts: Vec<TypedText>) -> Self {
        Self { texts, ..self }
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "refusal.html")]
struct RefusalPage {
    chrome: Chrome,
    wanted: String,
    findings: Vec<Finding>,
    back: String,
}

impl RefusalPage {
    /// The page of the union to which the way back leads: whoever fills its places stands there. The rotation's students see
    /// it not.
    fn union_page(&self) -> Option<&str> {
        if self.back.contains("/rotation") {
            return None;
        }
        let id = self.back.strip_prefix(OF_UNIONS)?.split(['/', '?']).next()?;
        uuid::Uuid::try_parse(id).ok().and_then(|_| self.back.get(..OF_UNIONS.len() + id.len()))
    }
}

/// The page of what the database said, which operators are told of where they have to do something.
fn of_the_database(error: &sqlx::Error) -> Response {
    let trouble = Trouble::of(error);
    match trouble {
        Trouble::Unexpected | Trouble::Full | Trouble::Lost => {
            tracing::error!(error = Failure::without_values(error), "database");
        }
        Trouble::NotGranted => {
            let error = Failure::without_values(error);
            tracing::error!(error, "the database does not let the portal in: start the portal again");
        }
        Trouble::Congestion | Trouble::Forestalled | Trouble::ReadOnly | Trouble::Untypeable => {}
    }
    let mut response = trouble.into_response();
    if trouble == Trouble::Lost {
        response.extensions_mut().insert(BrokeOff);
    }
    response
}

/// Where the pages of unions are.
const OF_UNIONS: &str = "/unions/";

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.tell_operators();
        let page = |status, heading, says: &str| FailurePage::new(heading, says).answer(status);
        match self {
            Self::SignInFirst(path) => {
                (Extension(SignedOut), Redirect::to(&filters::sign_in_path(&path))).into_response()
            }
            Self::Unsent => page(StatusCode::CONFLICT, "没有提交", "刚才填的没有提交，请回到原来的页面重新填写。"),
            Self::PasswordFirst => Redirect::to("/me").into_response(),
            Self::Moved(day) => moved(day),
            Self::MovedAway { on, to } => moved_away(on, to.as_deref()),
            Self::NotYours { chrome, needed, held } => {
                let names: Vec<&str> = needed.iter().map(|office| office.label()).collect();
                let says = format!("这一页由{}办理，你现在的职务不在其中。", names.join("、"));
                let page = FailurePage::new("不属于当前职务的权限", says);
                FailurePage { chrome: *chrome, switch: held, ..page }.answer(StatusCode::FORBIDDEN)
            }
            Self::Refused { refusal, findings } => {
                let Refusal { chrome, wanted, back } = *refusal;
                (StatusCode::CONFLICT, RefusalPage { chrome, wanted, findings, back }).into_response()
            }
            Self::Missing => page(StatusCode::NOT_FOUND, "没有这一页", "地址可能写错了，或者内容已不存在。"),
            Self::Busy => soon("现在人多", "系统正忙，请过几秒再试。你的请求没有办理。", Unsent::Busy),
            Self::Away => (Extension(BrokeOff), soon("暂时连不上数据库", AWAY, Unsent::Away)).into_response(),
            Self::CommitsWait => soon("数据库正在等待备用服务器", COMMITS_WAIT, Unsent::CommitsWait),
            Self::Unconfirmed => soon("不能确定是否已经办理", UNCONFIRMED, Unsent::Unconfirmed),
            Self::TookLong => {
                let says = "请先到相应页面核对刚才的内容是否已经生效，再决定要不要重交。";
                FailurePage::new("等待时间过长", says).unsent(Unsent::TookLong).answer(StatusCode::GATEWAY_TIMEOUT)
            }
            Self::TooLarge => FailurePage::new("文件太大", "上传的文件不能超过 8 MB。")
                .unsent(Unsent::TooLarge)
                .answer(StatusCode::PAYLOAD_TOO_LARGE),
            Self::TooMuchText => page(
                StatusCode::PAYLOAD_TOO_LARGE,
                "填的内容太长",
                "一次提交的文字不能超过 7,000 字左右，能上传文件的表单不能超过 21,000 字左右，没有办理。请删减后重新填写，长的材料作为附件上传。",
            ),
            Self::Untypeable => {
                let says = "填的内容里有看不见的控制符，多是从其他软件粘贴带来的，没有办理。请返回去掉后再提交。";
                FailurePage::new("有看不见的控制符", says).unsent(Unsent::Untypeable).answer(StatusCode::BAD_REQUEST)
            }
            Self::Foreign => page(
                StatusCode::FORBIDDEN,
                "不是从本系统发出的请求",
                "这个请求来自别的网站，没有办理。请从系统内的页面重新提交。",
            ),
            Self::WrongBallotKey => {
                let says = "系统的选票密钥与本场次不符，现在不能投票，也不能开票。已经投出的票都在，不受影响。\
                            请过一会儿再来；问题一直没有解决的，请告诉办理选举的单位或监票人。";
                let page = page(StatusCode::SERVICE_UNAVAILABLE, "投票暂停", says);
                ([(header::RETRY_AFTER, "60")], page).into_response()
            }
            // The home page shows the plan too: the way out is where another one is adopted.
            Self::PlanUnreadable(_) => {
                let heading = "现行方案读不出来";
                let says = "本校现行的方案文件与这一版系统不合，凡要用到方案的页面都打不开；其他页面不受影响。\
                            请校团委在“实施方案”里启用另一份，或上传改好的文件。";
                let page = FailurePage { onward: ("/plans", "去实施方案"), ..FailurePage::new(heading, says) };
                page.unsent(Unsent::Failed).answer(StatusCode::INTERNAL_SERVER_ERROR)
            }
            Self::Malformed => {
                page(StatusCode::BAD_REQUEST, "表单不完整", "收到的内容与页面上的表单不符，请返回重新填写。")
            }
            Self::DiskShort => soon(
                "服务器的存储空间快用完了",
                "现在不能上传文件，其他操作不受影响。请告诉系统管理员，腾出空间后再上传。",
                Unsent::Full,
            ),
            Self::DiskFull => soon(
                "服务器的存储空间已满",
                "现在不能保存任何内容，你的请求没有办理；已经保存的内容不受影响。请告诉系统管理员。",
                Unsent::Full,
            ),
            Self::Database(error) => of_the_database(&error),
            Self::Broken(_) => broken(),
        }
    }
}

const AWAY: &str = "系统暂时连不上数据库，正在重新连接。你的请求没有办理，没有写入任何内容，请过几秒再试。";
const COMMITS_WAIT: &str = "数据库在等备用服务器确认，现在不能保存任何内容，查看不受影响。你的请求没有办理，请过一会儿再试；\
                            一直这样的，请告诉系统管理员。";
const UNCONFIRMED: &str =
    "内容已经提交给数据库，但没有收到确认：可能已经生效，也可能没有。请先到相应页面核对，没有生效的再重新提交。";

impl Failure {
    fn tell_operators(&self) {
        match self {
            Self::PlanUnreadable(error) => {
                tracing::error!(error = format!("{error:#}"), "the governing plan cannot be read");
            }
            Self::WrongBallotKey => {
                tracing::error!(error = "ballot.key is not the one by which the sitting was opened", "ballot key");
            }
            Self::Broken(error) => tracing::error!(error = format!("{error:#}"), "broken"),
            _ => {}
        }
    }

    /// The connection or the server went away.
    #[must_use]
    pub fn is_lost(error: &sqlx::Error) -> bool {
        Trouble::of(error) == Trouble::Lost
    }

    /// The server takes no writes; nothing was written.
    #[must_use]
    pub fn takes_no_writes(error: &sqlx::Error) -> bool {
        Trouble::of(error) == Trouble::ReadOnly
    }

    /// The server does not let the portal at its own tables.
    #[must_use]
    pub fn is_not_granted(error: &sqlx::Error) -> bool {
        Trouble::of(error) == Trouble::NotGranted
    }

    /// Nothing was written, for want of a connection or a lock.
    #[must_use]
    pub fn is_congestion(error: &sqlx::Error) -> bool {
        Trouble::of(error) == Trouble::Congestion
    }

    /// It is known that nothing was written, where one transaction was all that there was to write.
    #[must_use]
    pub fn wrote_nothing(&self) -> bool {
        match self {
            Self::Busy | Self::Away | Self::CommitsWait | Self::DiskFull => true,
            Self::Database(error) => {
                matches!(Trouble::of(error), Trouble::Congestion | Trouble::ReadOnly | Trouble::Full)
            }
            _ => false,
        }
    }

    /// It waited as long as anybody may, for a connection or a lock: whoever waits for the same would wait as long again.
    #[must_use]
    pub fn waited_in_vain(error: &sqlx::Error) -> bool {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        matches!(error, sqlx::Error::PoolTimedOut) || code.as_deref() == Some("55P03")
    }

    /// A database error without what the server quotes of the row: details may hold personal data.
    #[must_use]
    pub fn without_values(error: &sqlx::Error) -> String {
        match error.as_database_error() {
            Some(error) => {
                let code = error.code().unwrap_or_default();
                format!("SQLSTATE {code}, constraint {}", error.constraint().unwrap_or("none"))
            }
            None => error.to_string(),
        }
    }
}

/// What the database's error means for the visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// No connection in time, a lock not had in time, or two transactions that waited for each other: nothing is
    /// written, and trying again helps.
    Congestion,
    /// Somebody else wrote the same a moment before, between our look and our write: nothing is written.
    Forestalled,
    /// The disk has no room: nothing is written, and only an operator can help.
    Full,
    /// The connection or the server went away: whether a commit under way was done is not known.
    Lost,
    /// The server takes no writes: a standby, or no leader any more. Nothing is written.
    ReadOnly,
    /// A character that the database does not keep, in a query that no page of ours makes.
    Untypeable,
    /// The portal's roles may not do what they were granted at its start: somebody loaded the tables anew meanwhile.
    NotGranted,
    Unexpected,
}

impl Trouble {
    fn of(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut => return Self::Congestion,
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_) => return Self::Lost,
            _ => {}
        }
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        match code.as_deref() {
            Some("55P03" | "40P01") => Self::Congestion,
            Some("23505" | "23P01") => Self::Forestalled,
            Some("22021") => Self::Untypeable,
            Some("53100") => Self::Full,
            Some("25006") => Self::ReadOnly,
            // What a trigger forbids has the same code, and is a fault of ours.
            Some("42501") if refuses_the_role(error) => Self::NotGranted,
            // 40001: a standby ends what reads rows that are gone at the primary.
            Some("57P01" | "57P02" | "57P03" | "57P05" | "08000" | "08003" | "08006" | "40001") => Self::Lost,
            _ => Self::Unexpected,
        }
    }
}

/// PostgreSQL itself refused, by the one routine that looks at what a role was granted.
fn refuses_the_role(error: &sqlx::Error) -> bool {
    let error = error.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>());
    error.and_then(PgDatabaseError::routine) == Some("aclcheck_error")
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        match self {
            Self::Congestion => Failure::Busy.into_response(),
            Self::ReadOnly => Failure::Away.into_response(),
            Self::Untypeable => Failure::Malformed.into_response(),
            Self::Forestalled => {
                let says = "你的请求没有办理。请回到相应页面，看看现在的内容，再决定要不要重交。";
                FailurePage::new("刚才有人同时办理了同样的事", says)
                    .unsent(Unsent::Forestalled)
                    .answer(StatusCode::CONFLICT)
            }
            Self::Full => Failure::DiskFull.into_response(),
            // What was under way may be done.
            Self::Lost => soon(
                "与数据库的连接刚才断开了",
                "系统会自行恢复，请过几秒再试。如果刚才在提交内容，请先到相应页面核对是否已经生效，再决定要不要重交。",
                Unsent::Failed,
            ),
            Self::NotGranted => soon(
                "数据库没有允许系统读写",
                "可能是系统运行期间数据库被重新载入。你的请求没有办理，没有写入任何内容。\
                 请告诉系统管理员：重新启动本系统，权限会在启动时重新设好。",
                Unsent::Failed,
            ),
            Self::Unexpected => broken(),
        }
    }
}

fn moved(day: Date) -> Response {
    let says = format!(
        "本校的数据已于{}迁到新的地址，由那里继续办理。这里只能查看，刚才的内容没有办理。\
         请到新的地址登录办理；不清楚地址的，请询问本校系统管理员。",
        chinese_day(day)
    );
    FailurePage::new("本校已迁出，这里不再办理", says).answer(StatusCode::CONFLICT)
}

fn moved_away(on: Date, to: Option<&str>) -> Response {
    let on = chinese_day(on);
    let says = match to {
        Some(to) => format!("本校的数据已于{on}迁到新的地址，这里不再登录。请到 {to} 登录，学号（工号）和密码不变。"),
        None => format!(
            "本校的数据已于{on}迁到新的地址，这里不再登录。请到新的地址登录，学号（工号）和密码不变；\
             不清楚地址的，请询问本校系统管理员。"
        ),
    };
    FailurePage::new("本校已迁出，请到新的地址登录", says).answer(StatusCode::CONFLICT)
}

fn broken() -> Response {
    let says = "这不是你的原因，问题已记入日志。如果刚才在提交内容，请先到相应页面核对是否已经生效，再决定要不要重交。";
    FailurePage::new("系统出了问题", says).unsent(Unsent::Failed).answer(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A page for what trying again a little later may mend.
fn soon(heading: &'static str, says: &str, unsent: Unsent) -> Response {
    let page = FailurePage::new(heading, says).unsent(unsent).answer(StatusCode::SERVICE_UNAVAILABLE);
    ([(header::RETRY_AFTER, "5")], page).into_response()
}

/// Gives a page to refusals that come from below the handlers (a path that is no id, a body too large, a form from
/// elsewhere, a handler out of time), which else are a line of English or nothing.
pub async fn dress(request: Request, next: Next) -> Response {
    let for_machines = matches!(request.uri().path(), "/healthz" | "/metrics");
    let only_asks = request.method() == Method::GET;
    let response = next.run(request).await;
    if for_machines {
        return response;
    }
    // Whoever only asks sends no form: an address that cannot be read, as of a link that was cut off, leads nowhere.
    if only_asks && response.status() == StatusCode::BAD_REQUEST && !is_page(&response) {
        return Failure::Missing.into_response();
    }
    dressed(response)
}

fn is_page(response: &Response) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// The answer, or the page of a refusal that is none yet.
#[must_use]
pub fn dressed(response: Response) -> Response {
    if is_page(&response) {
        return response;
    }
    match response.status() {
        StatusCode::FORBIDDEN => Failure::Foreign.into_response(),
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Failure::Missing.into_response(),
        StatusCode::PAYLOAD_TOO_LARGE => Failure::TooLarge.into_response(),
        StatusCode::SERVICE_UNAVAILABLE => Failure::Busy.into_response(),
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => Failure::TookLong.into_response(),
        status if status.is_client_error() => Failure::Malformed.into_response(),
        _ => response,
    }
}
