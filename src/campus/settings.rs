//! The page 统一身份认证: a university's administrators set its own server, and try whether it answers.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    Verb,
    forms::{Sealer, SettingsForm},
    oidc,
    paths::{CAMPUS, Done, cas_service, oidc_return},
    refusal::Refusal,
    server::{CampusServer, PasswordFor, Protocol, is_inside},
    state::Campus,
    store::{self, KeptServer},
    validation::validate,
};
use crate::{
    accounts::{AskedSettings, OpenSettings, ask_for_settings, open_settings, take_settings},
    audit::{self, Entry, Mark},
    auth::{acting::Acting, person::SignedIn},
    config::PublicUrl,
    failure::Failure,
    ids::{AccountId, InstitutionId},
    inbox::{self, Notice, To},
    office::{Administrator, OfficeKind},
    page::{chrome::Chrome, filters},
    web::{
        forms::{self, Errors, Submitted},
        origin::StatedOrigin,
        routes::Routes,
    },
};

pub(super) fn routes() -> Routes<Campus> {
    Routes::default().get("/campus", show).post("/campus", keep).post("/campus/try", try_it)
}

const VOTING: &str = "本校有正在投票的场次：投票期间不更换登录服务器，结束以后再改（停用随时可以）";
const NOBODY_LEFT: &str = "停用以后只能用密码登录，而本校的系统管理员都没有设密码：请先在“账号与职务”重置其中一名的密码，\
                           凭激活码设好新密码，再停用";

const NOT_CONFIRMED: &str = "没有已经确认的设置：可能已过期、已撤回，或另一名系统管理员还没有确认";

/// What a trial came to.
struct Trial {
    passes: bool,
    says: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "campus/settings.html")]
struct CampusSettingsPage {
    chrome: Chrome,
    form: SettingsForm,
    errors: Errors,
    /// A secret is kept for the server that is set.
    has_secret: bool,
    /// What the university's IT office registers; empty where the operator has not stated the portal's address.
    service: String,
    back: String,
    /// Where the server sends people back until it is set anew, where the portal's address is another now; else empty.
    former: String,
    trial: Option<Trial>,
    /// What the administrator asked, and another one has to confirm.
    asked: Option<OpenSettings>,
    done: &'static str,
}

impl CampusSettingsPage {
    fn is_off(&self) -> bool {
        self.form.is_off()
    }
}

/// What is set now, and for whom the page shows it.
struct CurrentSettings<'a> {
    campus: &'a Campus,
    acting: &'a Acting<Administrator>,
    /// The portal's address as the operator states it.
    origin: Option<PublicUrl>,
    /// What is set now.
    kept: Option<CampusServer>,
    /// The university's code.
    code: String,
    /// See [`CampusSettingsPage::asked`].
    asked: Option<OpenSettings>,
}

impl<'a> CurrentSettings<'a> {
    async fn at(
        campus: &'a Campus,
        acting: &'a Acting<Administrator>,
        origin: Option<PublicUrl>,
    ) -> Result<Self, Failure> {
        let mut db = campus.read().await?;
        let kept = store::server(&mut db, acting.institution()).await?;
        let code = store::code(&mut db, acting.institution()).await?;
        let asked = open_settings(&mut db, acting, campus.clock.now()).await?;
        Ok(Self { campus, acting, origin, kept, code, asked })
    }

    fn page(&self, submitted: Submitted<SettingsForm>) -> CampusSettingsPage {
        let Submitted { form, errors } = submitted;
        let origin = self.origin.as_ref().map(PublicUrl::as_str);
        let former = self.kept.as_ref().map(|kept| kept.origin.clone()).filter(|kept| Some(kept.as_str()) != origin);
        CampusSettingsPage {
            chrome: self.campus.chrome(self.acting.person(), "统一身份认证"),
            form: form.without_secret(),
            errors,
            has_secret: self.kept.as_ref().is_some_and(|kept| kept.client.is_some()),
            service: origin.map_or_else(String::new, |origin| cas_service(origin, &self.code)),
            back: origin.map_or_else(String::new, |origin| oidc_return(origin, &self.code)),
            former: former.unwrap_or_default(),
            trial: None,
            asked: self.asked.clone(),
            done: "",
        }
    }

    fn read(&self, form: &SettingsForm, errors: &mut Errors) -> Result<Option<CampusServer>, Failure> {
        let sealer = Sealer::new(&self.campus.secret_key, self.acting.institution());
        let server = form.read(self.origin.as_ref(), self.kept.as_ref(), sealer, errors)?;
        let Some(server) = server else { return Ok(None) };
        // A page must not have the portal ask around inside. What the operator has set stays, and whoever tries the portal
        // on their own machine has their server there too.
        let is_kept = self.kept.as_ref().is_some_and(|kept| kept.address == server.address);
        if is_inside(&server.address) && !is_kept && !is_inside(&server.origin) {
            errors.add(
                "server",
                "这是本机或内网的地址，或不完整的域名，不能在本页设置；确实如此的，请运维用 lunzhi sso 设置",
            );
            return Ok(None);
        }
        Ok(Some(server))
    }
}

async fn show(
    State(campus): State<Campus>,
    acting: Acting<Administrator>,
    StatedOrigin(origin): StatedOrigin,
    Query(query): Query<forms::Done>,
) -> Result<CampusSettingsPage, Failure> {
    let current = CurrentSettings::at(&campus, &acting, origin).await?;
    let form = SettingsForm::showing(current.kept.as_ref());
    Ok(CampusSettingsPage { done: Done::said(&query.done), ..current.page(Submitted::new(form, Errors::default())) })
}

/// What saving came to.
enum Saved {
    Done,
    /// Another administrator has to confirm it.
    Asked,
    Refused(&'static str),
}

async fn keep(
    State(campus): State<Campus>,
    acting: Acting<Administrator>,
    StatedOrigin(origin): StatedOrigin,
    Form(form): Form<SettingsForm>,
) -> Result<Response, Failure> {
    let current = CurrentSettings::at(&campus, &acting, origin).await?;
    let (now, mut errors) = (campus.clock.now(), Errors::default());
    let (applies, is_off) = (form.applies(), form.is_off());
    let server = if applies || is_off { None } else { current.read(&form, &mut errors)? };
    if !errors.is_empty() || (server.is_none() && !applies && !is_off) {
        let page = current.page(Submitted::new(form, errors));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let saved = campus
        .write_as(acting.person().authority(), async |db| match &server {
            _ if applies => carry_out(db, &acting, now).await,
            Some(server) => save(db, &acting, server, now).await,
            None => give_up(db, &acting, now).await,
        })
        .await?;
    let done = match saved {
        Saved::Done if is_off && !applies => Done::Off,
        Saved::Done => Done::Kept,
        Saved::Asked => Done::Asked,
        Saved::Refused(why) => {
            errors.add("protocol", why);
            // What was typed stays; nothing was where another one's word was to take effect.
            let form = if applies { SettingsForm::showing(current.kept.as_ref()) } else { form };
            let page = current.page(Submitted::new(form, errors));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    Ok(Redirect::to(&done.path()).into_response())
}

/// Sets a server; one by which others than before would decide who comes in is asked of another administrator first.
async fn save(
    db: &mut PgConnection,
    acting: &Acting<Administrator>,
    server: &CampusServer,
    now: OffsetDateTime,
) -> Result<Saved, Failure> {
    let institution = acting.institution();
    if store::is_voting(db, institution, now).await? {
        return Ok(Saved::Refused(VOTING));
    }
    store::lock(db, institution).await?;
    let before = store::server(db, institution).await?;
    if !server.lets_others_decide(before.as_ref()) {
        return set(db, acting.person(), Some(server), "", now).await;
    }
    let asked = AskedSettings { says: described(server), server: KeptServer::from(server) };
    if ask_for_settings(db, acting, &asked, now).await? {
        return Ok(Saved::Asked);
    }
    set(db, acting.person(), Some(server), "没有，已告知校团委", now).await
}

/// Sets what another administrator confirmed.
async fn carry_out(
    db: &mut PgConnection,
    acting: &Acting<Administrator>,
    now: OffsetDateTime,
) -> Result<Saved, Failure> {
    if store::is_voting(db, acting.institution(), now).await? {
        return Ok(Saved::Refused(VOTING));
    }
    store::lock(db, acting.institution()).await?;
    let Some((kept, confirmer)) = take_settings::<KeptServer>(db, acting, now).await? else {
        return Ok(Saved::Refused(NOT_CONFIRMED));
    };
    let server = kept.into_server()?;
    set(db, acting.person(), Some(&server), &Mark::from(confirmer).to_string(), now).await
}

/// Gives the server up, which one may do alone: it may be what does harm.
async fn give_up(db: &mut PgConnection, acting: &Acting<Administrator>, now: OffsetDateTime) -> Result<Saved, Failure> {
    store::lock(db, acting.institution()).await?;
    if !store::is_administered_by_password(db, acting.institution(), now).await? {
        return Ok(Saved::Refused(NOBODY_LEFT));
    }
    set(db, acting.person(), None, "", now).await
}

/// Sets it, or gives it up; `second` is whom it rests on beside the one who acts, empty where it needs nobody.
async fn set(
    db: &mut PgConnection,
    by: &SignedIn,
    server: Option<&CampusServer>,
    second: &str,
    now: OffsetDateTime,
) -> Result<Saved, Failure> {
    let set = Set { server, by: Some(by.account), but: Some(&by.session) };
    let ended = match set.put(db, by.institution, now).await? {
        Ok(ended) => ended,
        Err(why) => return Ok(Saved::Refused(why)),
    };
    let entry = entry(server, ended);
    let entry = if second.is_empty() { entry } else { entry.detail("另一名系统管理员", second) };
    audit::append(db, by, entry, now).await?;
    tell(db, by.institution, &by.name, server, now).await?;
    Ok(Saved::Done)
}

/// A server to be set, or none to give it up.
#[derive(Debug, Clone, Copy)]
struct Set<'a> {
    server: Option<&'a CampusServer>,
    /// None: the operator of the server.
    by: Option<AccountId>,
    /// The session of whoever sets it, which goes on.
    but: Option<&'a [u8]>,
}

impl Set<'_> {
    /// Sets it, and gives how many sessions end; or why it is not set: while people vote it is given up alone, for whoever sets
    /// the server could come as any of them. Where another vouches from now on, or none, whoever came by the one before has to
    /// sign in anew: one who set a server of their own would stay in the names of others.
    async fn put(
        self,
        connection: &mut PgConnection,
        institution: InstitutionId,
        now: OffsetDateTime,
    ) -> Result<Result<u64, &'static str>, Failure> {
        if self.server.is_some() && store::is_voting(&mut *connection, institution, now).await? {
            return Ok(Err(VOTING));
        }
        let before = store::server(&mut *connection, institution).await?;
        match self.server {
            Some(server) => store::set(&mut *connection, institution, server, self.by, now).await?,
            None => {
                store::remove(&mut *connection, institution).await?;
            }
        }
        let stays = before.as_ref().zip(self.server).is_some_and(|(before, server)| before.vouches_as(server));
        let ended = if stays { 0 } else { store::end_sessions_by_campus(connection, institution, self.but).await? };
        Ok(Ok(ended))
    }
}

fn in_words(server: Option<&CampusServer>) -> String {
    server.map_or_else(|| "停用".to_owned(), |server| format!("{}，{}", server.protocol.label(), server.address))
}

/// What is set of a server, name and value in words; the secret is no part of it.
fn particulars(server: &CampusServer) -> Vec<(&'static str, String)> {
    let word = |is: bool| (if is { "是" } else { "否" }).to_owned();
    let mut all = vec![("学号所在的属性", server.number_field.clone().unwrap_or_else(|| "用户名".to_owned()))];
    all.extend(server.client.as_ref().map(|client| ("客户端编号", client.id.clone())));
    all.extend([
        ("允许不加密", word(server.plain_allowed)),
        ("名册里的学生直接开通", word(server.opens_students)),
        ("还可以用密码登录", server.password_for.label().to_owned()),
    ]);
    all
}

/// A server in one line, for whoever confirms it.
fn described(server: &CampusServer) -> String {
    let rest: Vec<String> = particulars(server).into_iter().map(|(name, value)| format!("{name}：{value}")).collect();
    format!("{}（{}）", in_words(Some(server)), rest.join("；"))
}

/// What the record keeps of a change.
fn entry(server: Option<&CampusServer>, ended: u64) -> Entry {
    let entry =
        Entry::new(Verb::CampusSet, "统一身份认证").detail("服务器", in_words(server)).detail("结束的登录", ended);
    let all = server.map(particulars).unwrap_or_default();
    all.into_iter().fold(entry, |entry, (name, value)| entry.detail(name, value))
}

/// Sets a university's server from the command line; none gives it up. The administrators are told. Gives why it is not set,
/// in Chinese, where people are voting.
///
/// # Errors
/// What the database says.
pub async fn set_by_operator(
    connection: &mut PgConnection,
    institution: InstitutionId,
    server: Option<&CampusServer>,
    now: OffsetDateTime,
) -> Result<Result<(), &'static str>, Failure> {
    let set = Set { server, by: None, but: None };
    let ended = match set.put(&mut *connection, institution, now).await? {
        Ok(ended) => ended,
        Err(why) => return Ok(Err(why)),
    };
    audit::append_by_operator(&mut *connection, institution, entry(server, ended), now).await?;
    tell(connection, institution, "服务器命令行", server, now).await?;
    Ok(Ok(()))
}

/// Whoever sets the server decides who comes in: all administrators hear of it.
async fn tell(
    connection: &mut PgConnection,
    institution: InstitutionId,
    by: &str,
    server: Option<&CampusServer>,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let to = To::Office { kind: OfficeKind::Administrator, college: None, class: None };
    let says = format!("{by}修改了设置：{}。如果没有商量过，请核对。", in_words(server));
    let notice = Notice::new("统一身份认证的设置有变化", CAMPUS).says(says);
    inbox::tell(connection, institution, to, &notice, now).await
}

async fn try_it(
    State(campus): State<Campus>,
    acting: Acting<Administrator>,
    StatedOrigin(origin): StatedOrigin,
    Form(form): Form<SettingsForm>,
) -> Result<Response, Failure> {
    let current = CurrentSettings::at(&campus, &acting, origin).await?;
    let mut errors = Errors::default();
    let Some(server) = current.read(&form, &mut errors)? else {
        let page = current.page(Submitted::new(form, errors));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let trial = match server.protocol {
        Protocol::Cas => try_cas(&campus, &server, &cas_service(&server.origin, &current.code)).await,
        Protocol::Oidc => try_oidc(&campus, &server).await,
    };
    Ok(CampusSettingsPage { trial: Some(trial), ..current.page(Submitted::new(form, errors)) }.into_response())
}

/// Asks about a ticket that nobody has: a server that says so is one.
async fn try_cas(campus: &Campus, server: &CampusServer, service: &str) -> Trial {
    match validate(campus, server, service, "ST-1-lunzhi-trial").await {
        Err(Refusal::InvalidTicket | Refusal::InvalidTicketSpec | Refusal::OtherCode) => Trial {
            passes: true,
            says: "服务器有应答，能核对登录凭证；设置还没有保存。".to_owned(),
        },
        Ok(_) => {
            Trial { passes: false, says: "服务器把不存在的凭证也当作有效，不能用。".to_owned() }
        }
        Err(refusal) => Trial { passes: false, says: refusal.label().to_owned() },
    }
}

async fn try_oidc(campus: &Campus, server: &CampusServer) -> Trial {
    match oidc::discover(campus, server).await {
        Ok(_) => Trial {
            passes: true, says: "服务器有应答，签发者相符，能取得签名公钥；设置还没有保存。".to_owned()
        },
        Err(refusal) => Trial { passes: false, says: refusal.label().to_owned() },
    }
}
