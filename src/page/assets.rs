//! The stylesheet, the script and the icon: in the program, served under their hash, cached for ever.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

struct Asset {
    url: String,
    kind: &'static str,
    bytes: &'static [u8],
}

impl Asset {
    fn new(stem: &str, ending: &str, kind: &'static str, bytes: &'static [u8]) -> Self {
        let mut hash = hex::encode(Sha256::digest(bytes));
        hash.truncate(12);
        Self { url: format!("/static/{stem}-{hash}.{ending}"), kind, bytes }
    }
}

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("lunzhi", "css", "text/css; charset=utf-8", include_bytes!("../../static/lunzhi.css")));
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("lunzhi", "js", "text/javascript; charset=utf-8", include_bytes!("../../static/lunzhi.js"))
});
static ICON: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("icon", "svg", "image/svg+xml; charset=utf-8", include_bytes!("../../static/icon.svg"))
});

#[must_use]
pub fn style() -> &'static str {
    &STYLE.url
}

/// The stylesheet itself, for papers that are kept without the portal.
#[must_use]
pub fn style_text() -> &'static str {
    include_str!("../../static/lunzhi.css")
}

#[must_use]
pub fn script() -> &'static str {
    &SCRIPT.url
}

#[must_use]
pub fn icon() -> &'static str {
    &ICON.url
}

/// Gives an asset by its file name.
///
/// # Errors
/// [`StatusCode::NOT_FOUND`] for any other name.
pub async fn serve(Path(file): Path<String>) -> Result<Response, StatusCode> {
    let asset = [&*STYLE, &*SCRIPT, &*ICON].into_iter().find(|asset| asset.url.strip_prefix("/static/") == Some(&file));
    asset.map(give).ok_or(StatusCode::NOT_FOUND)
}

/// The icon under the name that browsers try by themselves.
pub async fn favicon() -> Response {
    give(&ICON)
}

fn give(asset: &'static Asset) -> Response {
    let headers = [
        (header::CONTENT_TYPE, asset.kind),
        // The name holds the content's hash: what is under it never changes.
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, asset.bytes).into_response()
}
