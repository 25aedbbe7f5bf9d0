//! `lunzhi sso`: a university's own sign-in server, set from the command line.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use sqlx::Connection;

use crate::{
    accounts::store::institution_named,
    campus::{Sealer, SettingsForm, server::CampusServer, set_by_operator},
    clock::Clock,
    config::{DatabaseConfig, PublicUrl},
    database::{Database, Pools, migrate},
    failure::Failure,
    ids::InstitutionId,
    sealing::keys::MarkKey,
    web::{forms::Errors, outgoing::trusts},
};

/// Bytes of a file of certificates.
const LARGEST_AUTHORITIES: usize = 64 * 1024;
/// Bytes of a file that holds a secret.
const LARGEST_SECRET: usize = 4 * 1024;

/// What `sso` asks.
#[derive(Debug, clap::Args)]
pub struct SsoArgs {
    /// 学校代码，如 qingyu。
    #[arg(long)]
    pub school: String,
    #[command(flatten)]
    /// Where the database is.
    pub database: DatabaseConfig,
    /// By which protocol.
    #[command(subcommand)]
    pub way: SsoWay,
}

/// By which protocol people sign in.
#[derive(Debug, clap::Subcommand)]
pub enum SsoWay {
    /// 用 CAS 2/3 登录。
    Cas {
        /// CAS 服务器的地址，到 /login 的前一段。
        #[arg(long)]
        server: String,
        /// 学号（工号）所在的属性；不填为用户名。
        #[arg(long, value_name = "A")]
        number_attribute: Option<String>,
        /// 姓名所在的属性。
        #[arg(long, value_name = "A")]
        name_attribute: Option<String>,
        #[command(flatten)]
        /// What both protocols have.
        more: SsoChoices,
    },
    /// 用 OpenID Connect 登录。
    Oidc {
        /// 签发者，一字不差，包括末尾的斜线。
        #[arg(long)]
        issuer: String,
        /// 客户端编号。
        #[arg(long)]
        client_id: String,
        /// 只写有客户端密钥的文件。
        #[arg(long, value_name = "F")]
        client_secret_file: PathBuf,
        /// 学号（工号）所在的声明；不填为 sub。
        #[arg(long, value_name = "C")]
        number_claim: Option<String>,
        /// 姓名所在的声明。
        #[arg(long, value_name = "C")]
        name_claim: Option<String>,
        #[command(flatten)]
        /// What both protocols have.
        more: SsoChoices,
    },
    /// 停用，只用密码登录。
    Off,
}

/// What is chosen beside the server.
#[derive(Debug, clap::Args)]
pub struct SsoChoices {
    /// 浏览器访问系统的地址（协议、域名、端口）；登录以后回到这里，与 serve 写明的一致。
    #[arg(long, env = "LUNZHI_PUBLIC_URL")]
    pub public_url: PublicUrl,
    /// 学生名册里有而没有账号的，登录时直接开通。
    #[arg(long)]
    pub open_students: bool,
    /// 只有担任教师职务的人还可以用密码登录；不填为所有人。
    #[arg(long)]
    pub password_for_staff_alone: bool,
    /// 允许不加密（http）；不建议。
    #[arg(long)]
    pub allow_plain_http: bool,
    /// 登录服务器的证书由学校自己的证书机构签发的：该机构的证书（PEM）；给出后只信任它。
    #[arg(long, value_name = "F")]
    pub ca_file: Option<PathBuf>,
}

impl SsoChoices {
    /// The university's own authorities.
    fn authorities(&self) -> Result<Option<String>> {
        let Some(file) = &self.ca_file else { return Ok(None) };
        let bytes = super::read_file(file, LARGEST_AUTHORITIES)
            .map_err(|super::Unreadable(faults)| anyhow::anyhow!("{}", faults.join("；")))?;
        let text = String::from_utf8(bytes).ok().filter(|text| trusts(text).is_some());
        let text = text.with_context(|| format!("{} 不是 PEM 格式的证书", file.display()))?;
        Ok(Some(text))
    }
}

impl SsoWay {
    /// What is chosen beside the server; none to turn it off.
    fn choices(&self) -> Option<&SsoChoices> {
        match self {
            Self::Cas { more, .. } | Self::Oidc { more, .. } => Some(more),
            Self::Off => None,
        }
    }

    /// The form that says the same; none to turn it off.
    fn form(&self) -> Result<Option<SettingsForm>> {
        let field = |name: &Option<String>| name.clone().unwrap_or_default();
        let (form, more) = match self {
            Self::Off => return Ok(None),
            Self::Cas { server, number_attribute, name_attribute, more } => {
                let (number_field, name_field) = (field(number_attribute), field(name_attribute));
                let (protocol, server) = ("cas".to_owned(), server.clone());
                (SettingsForm { protocol, server, number_field, name_field, ..SettingsForm::default() }, more)
            }
            Self::Oidc { issuer, client_id, client_secret_file, number_claim, name_claim, more } => {
                let bytes = super::read_file(client_secret_file, LARGEST_SECRET)
                    .map_err(|super::Unreadable(faults)| anyhow::anyhow!("{}", faults.join("；")))?;
                let secret = String::from_utf8(bytes).context("密钥文件不是文本")?;
                let form = SettingsForm {
                    protocol: "oidc".to_owned(),
                    server: issuer.clone(),
                    number_field: field(number_claim),
                    name_field: field(name_claim),
                    client_id: client_id.clone(),
                    client_secret: secret.trim().to_owned(),
                    ..SettingsForm::default()
                };
                (form, more)
            }
        };
        let ticked = |is: bool| if is { "yes".to_owned() } else { String::new() };
        let password_for = if more.password_for_staff_alone { "staff" } else { "all" };
        Ok(Some(SettingsForm {
            plain: ticked(more.allow_plain_http),
            opens: ticked(more.open_students),
            password_for: password_for.to_owned(),
            ..form
        }))
    }
}

/// Sets or takes away a university's own sign-in server, also beside a running portal; says what is set.
///
/// # Errors
/// Where the university does not exist, an argument does not fit, or the database or its key cannot be had.
pub fn sso(args: &SsoArgs) -> Result<String> {
    let form = args.way.form()?;
    let database = Database::open_beside(&args.database)?;
    let key = MarkKey::load_or_make(&args.database.ballot_key_file())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let pools = Pools::at(&migrate(&database.url).await?);
        let set = set(&pools, &key, args, form.as_ref()).await;
        pools.close().await;
        set
    })
}

async fn set(pools: &Pools, key: &MarkKey, args: &SsoArgs, form: Option<&SettingsForm>) -> Result<String> {
    let mut connection = pools.write.acquire().await?;
    let mut db = connection.begin().await?;
    let institution = institution_named(&mut db, &args.school).await.map_err(reason)?;
    let Some(institution) = institution else { bail!("没有代码为 {} 的学校", args.school) };
    let server = match form {
        Some(form) => Some(read(form, args.way.choices(), key, institution)?),
        None => None,
    };
    let now = Clock::default().now();
    if let Err(says) = set_by_operator(&mut db, institution, server.as_ref(), now).await.map_err(reason)? {
        bail!(says);
    }
    db.commit().await?;
    Ok(match server {
        Some(server) => format!("已设置：{}，{}\n", server.protocol.label(), server.address),
        None => "已停用统一身份认证，只用密码登录。\n".to_owned(),
    })
}

fn read(
    form: &SettingsForm,
    more: Option<&SsoChoices>,
    key: &MarkKey,
    institution: InstitutionId,
) -> Result<CampusServer> {
    let origin = more.map(|more| &more.public_url);
    let mut errors = Errors::default();
    let server =
        Sealer::within(key, institution, |sealer| form.read(origin, None, sealer, &mut errors)).map_err(reason)?;
    let faults: Vec<&str> = errors.iter().map(|(_, says)| says).collect();
    let server = server.with_context(|| faults.join("；"))?;
    let authorities = more.map(SsoChoices::authorities).transpose()?.flatten();
    Ok(CampusServer { authorities, ..server })
}

fn reason(failure: Failure) -> anyhow::Error {
    match failure {
        Failure::Broken(reason) => reason,
        other => other.into(),
    }
}
