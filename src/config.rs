//! Settings of `serve` and `demo`, from flags and the environment.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
};

use axum::http::{Uri, uri::Scheme};
use clap::Args;

/// Where the portal listens and where its data is.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// 监听地址；端口为 0 时自动选用空闲端口。
    #[arg(long, env = "LUNZHI_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: String,
    /// 浏览器访问系统的地址（协议、域名、端口）；印在激活条、票码、出席证的二维码里，默认按浏览器所用的地址。
    #[arg(long, env = "LUNZHI_PUBLIC_URL")]
    pub public_url: Option<PublicUrl>,
    #[command(flatten)]
    /// Where the database is.
    pub database: DatabaseConfig,
}

/// Where the database is.
#[derive(Debug, Clone, Args)]
pub struct DatabaseConfig {
    /// 内置数据库的数据目录；默认是 ./data，进不去时用 /var/lib/lunzhi 或 ~/.local/share/lunzhi。
    #[arg(long, env = "LUNZHI_DATA")]
    pub data: Option<PathBuf>,
    /// 外部 PostgreSQL 的地址；给出后不启动内置数据库。
    #[arg(long = "database-url", env = "DATABASE_URL", hide_env_values = true)]
    pub url: Option<String>,
    /// 选票标记的密钥文件，不在数据库里；默认是数据目录下的 ballot.key，没有则新建。
    #[arg(long, env = "LUNZHI_BALLOT_KEY")]
    pub ballot_key: Option<PathBuf>,
}

impl DatabaseConfig {
    /// The embedded database's folder. As root the server runs as another user, who must be able to enter every
    /// folder above.
    #[must_use]
    pub fn data_folder(&self) -> PathBuf {
        if let Some(data) = &self.data {
            return data.clone();
        }
        let is_root = rustix::process::getuid().is_root();
        if let Ok(here) = std::env::current_dir()
            && (!is_root || everyone_may_enter(&here))
        {
            return here.join("data");
        }
        match std::env::var_os("HOME") {
            Some(home) if !is_root => PathBuf::from(home).join(".local/share/lunzhi"),
            _ => PathBuf::from("/var/lib/lunzhi"),
        }
    }
}

impl DatabaseConfig {
    /// The file that holds the key of the portal's mark on ballots.
    #[must_use]
    pub fn ballot_key_file(&self) -> PathBuf {
        self.ballot_key.clone().unwrap_or_else(|| self.data_folder().join("ballot.key"))
    }
}

/// The address of the portal as the operator states it: `https://lunzhi.example.edu.cn:8443`. Links and codes that are
/// printed hold it, whatever host a proxy names to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(Arc<str>);

impl FromStr for PublicUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const SAYS: &str = "应为协议、域名和端口，如 https://lunzhi.example.edu.cn:8443";
        let url: Uri = text.trim().parse().map_err(|_| SAYS)?;
        let is_web = [&Scheme::HTTP, &Scheme::HTTPS].into_iter().find(|scheme| url.scheme() == Some(scheme));
        let (Some(scheme), Some(authority)) = (is_web, url.authority()) else { return Err(SAYS) };
        if authority.as_str().contains('@') || url.path() != "/" || url.query().is_some() {
            return Err(SAYS);
        }
        Ok(Self(format!("{scheme}://{authority}").into()))
    }
}

impl PublicUrl {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn everyone_may_enter(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    folder.ancestors().all(|up| up.metadata().is_ok_and(|folder| folder.permissions().mode() & 0o001 != 0))
}
