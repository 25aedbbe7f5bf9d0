//! The application's state, the whole router in one list, and the layers in order.

use std::{ops::Deref, pin::Pin, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    handler::Handler,
    http::{HeaderName, StatusCode},
    middleware,
    routing::{MethodRouter, get, post},
};
use metrics_exporter_prometheus::PrometheusHandle;
use sqlx::{Connection, PgConnection, Postgres, pool::PoolConnection};
use tokio::sync::Semaphore;
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    csrf::CsrfLayer,
    limit::RequestBodyLimitLayer,
    request_id::{PropagateRequestIdLayer, SetRequestIdLayer},
    timeout::{RequestBodyDeadlineLayer, TimeoutLayer},
};

use crate::{
    accounts, audit,
    auth::{
        self,
        acting::{SignedIn, Standing},
        password::{Cost, Hasher},
        store::{Credentials, Door, Knock, Opening},
        unread::Unread,
    },
    checkup,
    clock::Clock,
    database::{Pools, batch_writer::Gatherer},
    directory,
    elections::{self, ballot_box::Urn},
    failure::{self, Failure},
    imports::{self, progress::Board},
    inbox,
    office::OfficeKind,
    page::chrome::{Chrome, NavItem},
    people, privacy, rollover, rotation, rulebook,
    sealing::keys::MarkKey,
    unions, vetting, web,
};

/// The largest body that a handler takes: an upload with its form around it. The layer outside takes a little more, so
/// that it is the handler who sees and names the excess.
const LARGEST_BODY: usize = crate::sheet::LARGEST_FILE + 64 * 1024;
/// The largest form without a file.
const LARGEST_FORM: usize = 64 * 1024;
/// How long a client may take to send a body, and a handler to answer.
const BODY_WITHIN: Duration = Duration::from_secs(45);
const ANSWER_WITHIN: Duration = Duration::from_mins(1);
/// Uploads read at once; each may take a second and some hundred MB.
const HEAVY_AT_ONCE: usize = 2;
/// Sign-ins under way from which on it pays to gather what they write: each hash keeps a core for some 20 ms.
const CROWD: usize = 6;
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What the navigation offers, and to which offices.
const NAVIGATION: &[NavItem] = &[
    NavItem { href: "/", label: "首页", says: "", offices: OfficeKind::ALL },
    NavItem {
        href: "/compliance",
        label: "合规总览",
        says: "全部学生会对照全部规则：哪里不符合、自何日起、依据哪一条",
        offices: unions::COMPLIANCE_OFFICES,
    },
    NavItem {
        href: "/unions",
        label: "学生会",
        says: "各级学生会的部门、人员、轮值；任命、离任、换届逐条核对",
        offices: unions::OFFICES,
    },
    NavItem {
        href: "/vetting",
        label: "遴选办理",
        says: "轮到本单位的候选人：推荐、审查、确定，逐件或一并签署意见",
        offices: vetting::OFFICES,
    },
    NavItem {
        href: "/rounds",
        label: "遴选轮次",
        says: "招新、换届、增补：开启轮次、推荐人选、看进度、任命",
        offices: vetting::OFFICES,
    },
    NavItem {
        href: "/apply",
        label: "报名",
        says: "正在招收的岗位、我是否符合条件、我的报名进度",
        offices: vetting::APPLICANTS,
    },
    NavItem {
        href: "/sittings",
        label: "选举",
        says: "场次、候选人、监票人；无记名投票、计票、监票报告",
        offices: elections::READERS,
    },
    NavItem {
        href: "/votes",
        label: "我的投票",
        says: "现在可以投的票、投过的票、我的回执是否计入",
        offices: elections::VOTERS,
    },
    NavItem {
        href: "/turnout",
        label: "投票进度",
        says: "已有多少人投票；看不到谁投了、投给谁",
        offices: elections::TURNOUT_READERS,
    },
    NavItem {
        href: "/monitoring",
        label: "监票",
        says: "我担任监票人的场次：口令、演练、开票、补入选民",
        offices: OfficeKind::ALL,
    },
    NavItem {
        href: "/semesters",
        label: "学期",
        says: "各学期的起止日期，执行主席轮值以此为准",
        offices: rotation::SEMESTER_OFFICES,
    },
    NavItem {
        href: "/checkup",
        label: "名单体检",
        says: "上传一份名单，逐条看哪些规定符合、哪些不符合、依据哪一条",
        offices: checkup::OFFICES,
    },
    NavItem {
        href: "/rulebook",
        label: "规则手册",
        says: "81 项规则、两份方案的原文，以及平台今天怎样执行",
        offices: OfficeKind::ALL,
    },
    NavItem {
        href: "/plans",
        label: "实施方案",
        says: "启用本校的实施方案，或上传自己的方案文件",
        offices: rulebook::PLAN_OFFICES,
    },
    NavItem {
        href: "/people",
        label: "人员",
        says: "按学号、姓名、班级查找学生；更正信息、登记离校",
        offices: people::OFFICES,
    },
    NavItem {
        href: "/imports",
        label: "导入数据",
        says: "学生名单、成绩排名、任职人员：先预览，再一次写入",
        offices: imports::OFFICES,
    },
    NavItem {
        href: "/disputes",
        label: "数据异议",
        says: "学生认为排名或不及格门数有误，由学生工作部门答复",
        offices: people::DISPUTE_OFFICES,
    },
    NavItem {
        href: "/rollover",
        label: "学年更替",
        says: "毕业离校和班级合并，先核对再写入",
        offices: rollover::OFFICES,
    },
    NavItem {
        href: "/slips",
        label: "激活条",
        says: "按班打印一次性激活码，学生自己设置密码",
        offices: accounts::SLIP_OFFICES,
    },
    NavItem {
        href: "/directory",
        label: "学校概况",
        says: "各院系、年级的学生人数和代表名额下限",
        offices: directory::OFFICES,
    },
    NavItem {
        href: "/structure",
        label: "院系专业班级",
        says: "各院系的专业、班级和人数；更正写错的名称",
        offices: directory::OFFICES,
    },
    NavItem {
        href: "/offices",
        label: "任职一览",
        says: "谁担任什么职务、从何时到何时；哪些岗位空缺",
        offices: directory::OFFICES,
    },
    NavItem {
        href: "/organisations",
        label: "学生组织",
        says: "社团和其他学生组织及其职能，学生会不与之重叠",
        offices: directory::OFFICES,
    },
    NavItem {
        href: "/accounts",
        label: "账号与职务",
        says: "建立账号、授予职务、重置密码、结束登录",
        offices: accounts::OFFICES,
    },
    NavItem {
        href: "/retention",
        label: "保存期限与删除",
        says: "离校人员的个人信息保存多久，到期删除",
        offices: privacy::OFFICES,
    },
    NavItem {
        href: "/audit", label: "操作记录", says: "谁在什么时候以什么职务做了什么", offices: audit::OFFICES
    },
    NavItem {
        href: "/me/data",
        label: "我的信息",
        says: "平台知道我什么、从哪里来；有误提出异议",
        offices: &[OfficeKind::Student],
    },
    NavItem {
        href: "/me", label: "我的账号", says: "更换密码、查看在哪些设备上登录", offices: OfficeKind::ALL
    },
];

/// Everything a handler needs. Cloned several times a request: one count goes up and not a dozen.
#[derive(Debug, Clone)]
pub struct App(Arc<Parts>);

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What an [`App`] is made of.
#[derive(Debug)]
pub struct Parts {
    pools: Pools,
    pub clock: Clock,
    /// The threads that hash passwords.
    pub hasher: Arc<Hasher>,
    pub imports: Arc<Board>,
    /// How many notices people have not read.
    pub unread: Arc<Unread>,
    /// Attempts with passwords and codes, charged before they are looked at.
    pub doors: Arc<Gatherer<String, Knock, Option<Door>>>,
    /// Sessions about to be opened.
    pub openings: Arc<Gatherer<String, (Credentials, Opening), bool>>,
    /// Casts, and what of elections is held in memory.
    pub urn: Arc<Urn>,
    metrics: Option<PrometheusHandle>,
    heavy: Arc<Semaphore>,
}

/// The work of one transaction, as [`App::write`] takes it.
pub type Work<'c, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'c>>;

impl App {
    /// An application on these pools. Inside a runtime: it starts tasks.
    ///
    /// # Errors
    /// Where the hashing threads cannot be started.
    pub fn new(
        pools: Pools,
        clock: Clock,
        (cost, ballot_key): (Cost, MarkKey),
        metrics: Option<PrometheusHandle>,
    ) -> anyhow::Result<Self> {
        let hasher = Arc::new(Hasher::start(cost)?);
        let crowded = |hasher: Arc<Hasher>| move || hasher.waiting() > CROWD;
        let at = clock.clone();
        let doors = Gatherer::start(pools.single.clone(), crowded(Arc::clone(&hasher)), move |db, knocks| {
            let now = at.now();
            Box::pin(async move { auth::store::knock(db, &knocks, now).await })
        });
        let at = clock.clone();
        let openings = Gatherer::start(pools.single.clone(), crowded(Arc::clone(&hasher)), move |db, asked| {
            let now = at.now();
            Box::pin(async move { auth::store::open_sessions(db, &asked, now).await })
        });
        let urn = Arc::new(Urn::new(&pools, clock.clone(), ballot_key));
        Ok(Self(Arc::new(Parts {
            pools,
            clock,
            urn,
            hasher,
            doors: Arc::new(doors),
            openings: Arc::new(openings),
            imports: Arc::new(Board::default()),
            unread: Arc::default(),
            metrics,
            heavy: Arc::new(Semaphore::new(HEAVY_AT_ONCE)),
        })))
    }

    /// A connection that can only read.
    ///
    /// # Errors
    /// Where the database cannot be reached.
    pub async fn read(&self) -> Result<PoolConnection<Postgres>, Failure> {
        Ok(self.pools.read.acquire().await?)
    }

    /// Runs `work` in one transaction: committed on `Ok`, rolled back on `Err`.
    ///
    /// It runs in a task of its own to its end. A client that hangs up drops the handler; were the transaction the
    /// handler's, it could be dropped half-begun, and its connection would go back to the pool still inside it.
    ///
    /// # Errors
    /// What `work` returns, or what the database says; then nothing is written.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl for<'c> FnOnce(&'c mut PgConnection) -> Work<'c, T> + Send + 'static,
    ) -> Result<T, Failure> {
        let (pool, unread) = (self.pools.write.clone(), Arc::clone(&self.unread));
        let task = tokio::spawn(async move {
            let mut connection = pool.acquire().await?;
            let mut transaction = connection.begin().await?;
            match work(&mut transaction).await {
                Ok(value) => {
                    transaction.commit().await?;
                    unread.forget();
                    Ok(value)
                }
                Err(failure) => {
                    transaction.rollback().await?;
                    Err(failure)
                }
            }
        });
        task.await.map_err(did_not_end)?
    }

    /// Runs `work`, which is a single statement and so a transaction by itself (it must not begin one), in a task of its
    /// own as [`write`](Self::write) does.
    ///
    /// # Errors
    /// What `work` returns, or what the database says; then nothing is written.
    pub async fn write_one<T: Send + 'static>(
        &self,
        work: impl for<'c> FnOnce(&'c mut PgConnection) -> Work<'c, T> + Send + 'static,
    ) -> Result<T, Failure> {
        let pool = self.pools.single.clone();
        let task = tokio::spawn(async move { work(&mut *pool.acquire().await?).await });
        task.await.map_err(did_not_end)?
    }

    /// As [`write`](Self::write), for a person: in the same transaction they must still be signed in and still hold the
    /// office in which the request was read. A body may take long to arrive, and an office ends at once.
    ///
    /// # Errors
    /// As [`write`](Self::write), and [`Failure::SignInFirst`] where the person may no longer act.
    pub async fn write_as<T: Send + 'static>(
        &self,
        standing: Standing,
        work: impl for<'c> FnOnce(&'c mut PgConnection) -> Work<'c, T> + Send + 'static,
    ) -> Result<T, Failure> {
        let now = self.clock.now();
        self.write(move |db| {
            Box::pin(async move {
                if auth::store::still_stands(db, &standing, now).await? {
                    work(db).await
                } else {
                    Err(Failure::SignInFirst("/".to_owned()))
                }
            })
        })
        .await
    }

    /// Waits for the writes under way and lets go of the database.
    pub async fn close(&self) {
        self.pools.close().await;
    }

    /// Runs work that keeps a core busy (reading an upload) away from the threads that serve pages, a few at a time.
    ///
    /// # Errors
    /// [`Failure::Broken`] where it panics.
    pub async fn heavy<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
        let permit = Arc::clone(&self.heavy).acquire_owned().await.map_err(anyhow::Error::new)?;
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        Ok(done.await.map_err(anyhow::Error::new)?)
    }

    /// The frame of a page for a person who is signed in.
    #[must_use]
    pub fn chrome(&self, person: &SignedIn, title: &str) -> Chrome {
        Chrome::signed_in(person, NAVIGATION, title)
    }

    /// What a person can do in the office in which they act: the entries of the navigation but the home page.
    #[must_use]
    pub fn tasks(&self, person: &SignedIn) -> Vec<&'static NavItem> {
        let office = person.acting.as_ref().map(|office| office.kind);
        NAVIGATION.iter().filter(|item| item.is_for(office) && !item.says.is_empty()).collect()
    }

    /// The metrics as text; none where they are not collected.
    #[must_use]
    pub fn render_metrics(&self) -> Option<String> {
        self.metrics.as_ref().map(PrometheusHandle::render)
    }
}

fn did_not_end(error: tokio::task::JoinError) -> Failure {
    Failure::Broken(anyhow::Error::new(error).context("a write did not end"))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// The path with its parameters in braces.
    pub path: &'static str,
    pub method: &'static str,
}

/// Routes as they are added, so that tests can walk every one of them.
#[derive(Debug, Default)]
pub struct Routes {
    router: Router<App>,
    list: Vec<Route>,
}

impl Routes {
    fn add(mut self, path: &'static str, method: &'static str, handler: MethodRouter<App>) -> Self {
        self.list.push(Route { path, method });
        self.router = self.router.route(path, handler);
        self
    }

    #[must_use]
    pub fn get<T: 'static>(self, path: &'static str, handler: impl Handler<T, App>) -> Self {
        self.add(path, "GET", get(handler))
    }

    /// Adds an act whose form is small.
    #[must_use]
    pub fn post<T: 'static>(self, path: &'static str, handler: impl Handler<T, App>) -> Self {
        self.add(path, "POST", post(handler).layer(DefaultBodyLimit::max(LARGEST_FORM)))
    }

    /// Adds an act whose form holds a file.
    #[must_use]
    pub fn upload<T: 'static>(self, path: &'static str, handler: impl Handler<T, App>) -> Self {
        self.add(path, "POST", post(handler).layer(DefaultBodyLimit::max(LARGEST_BODY)))
    }

    /// Adds a feature's routes.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.list.extend(other.list);
        self.router = self.router.merge(other.router);
        self
    }

    /// Every route, in the order of the list.
    #[must_use]
    pub fn list(&self) -> &[Route] {
        &self.list
    }
}

/// Every route of the portal, a line a feature.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .merge(web::routes())
        .merge(auth::routes())
        .merge(rulebook::routes())
        .merge(unions::routes())
        .merge(rotation::routes())
        .merge(vetting::routes())
        .merge(elections::routes())
        .merge(checkup::routes())
        .merge(directory::routes())
        .merge(people::routes())
        .merge(imports::routes())
        .merge(rollover::routes())
        .merge(inbox::routes())
        .merge(privacy::routes())
        .merge(accounts::routes())
        .merge(audit::routes())
}

/// The router with its layers, the first one outermost.
pub fn router(app: App) -> Router {
    let layers = ServiceBuilder::new()
        .layer(middleware::from_fn(web::observe::own_request_id))
        .layer(SetRequestIdLayer::new(REQUEST_ID, web::observe::RandomRequestId))
        .layer(middleware::from_fn(web::observe::observe))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(middleware::from_fn(web::headers::security))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(failure::dress))
        .layer(CatchPanicLayer::custom(web::observe::after_panic))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, ANSWER_WITHIN))
        .layer(RequestBodyDeadlineLayer::new(BODY_WITHIN))
        .layer(CsrfLayer::new())
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY + LARGEST_FORM));
    routes()
        .router
        .fallback(|| async { Failure::Missing })
        .method_not_allowed_fallback(|| async { Failure::Missing })
        .layer(layers)
        .with_state(app)
}
