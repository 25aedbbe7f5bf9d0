//! A form that came back unsent: its page is shown as it was filled in, and nothing of it is done.
//!
//! The request that sent it is run again under this mark. Every form then counts as one with a fault, so that its page is
//! shown with everything typed, and no transaction that writes begins.

use crate::words::words;

words! {
    /// Why a form came back.
    #[derive(Hash)]
    Unsent:
    SignedOut = "signed-out", "登录已过期，刚才填的没有提交。填的内容在下面，核对后再提交一次；选过的文件要重新选择。";
    TooLarge = "too-large", "文件太大（最大 8 MB），没有提交。填的内容在下面，换一个小一点的文件再提交。";
    Failed = "failed", "系统出了问题，刚才的提交可能没有办理。请先到相应页面核对是否已经生效，再决定要不要重交；填的内容在下面。";
}

tokio::task_local! {
    static UNSENT: Unsent;
}

impl Unsent {
    /// Runs a request under the mark.
    pub async fn show<F: Future>(self, request: F) -> F::Output {
        UNSENT.scope(self, request).await
    }

    /// The mark under which this runs; none where a request is done as usual.
    #[must_use]
    pub fn here() -> Option<Self> {
        UNSENT.try_with(|unsent| *unsent).ok()
    }
}
