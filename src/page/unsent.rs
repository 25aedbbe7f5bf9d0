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
    Untypeable = "untypeable", "填的内容里有看不见的控制符（多是从其他软件粘贴带来的），没有提交。控制符已经去掉，核对后再提交一次；选过的文件要重新选择。";
    Busy = "busy", "现在人多，系统正忙，刚才填的没有办理。填的内容在下面，过几秒再提交一次；选过的文件要重新选择。";
    Away = "away", "刚才连不上数据库，填的没有办理。填的内容在下面，过几秒再提交一次；选过的文件要重新选择。";
    CommitsWait = "commits-wait", "数据库在等备用服务器确认，现在不能保存，刚才填的没有办理。填的内容在下面，过一会儿再提交；选过的文件要重新选择。";
    Unconfirmed = "unconfirmed", "提交时没有收到数据库的确认，刚才的提交可能已经生效。请先到相应页面核对，没有生效的再重新提交；填的内容在下面。";
    Full = "full", "服务器的存储空间不够，刚才填的没有办理。填的内容在下面；请告诉系统管理员，腾出空间后再提交。";
    Forestalled = "forestalled", "刚才有人同时办理了同样的事，你填的没有办理。填的内容在下面，请先看看现在的情况，再决定要不要重交。";
    TookLong = "took-long", "等待时间过长，刚才的提交可能还在办理。请先到相应页面核对是否已经生效，再决定要不要重交；填的内容在下面。";
    Failed = "failed", "系统出了问题，刚才的提交可能没有办理。请先到相应页面核对是否已经生效，再决定要不要重交；填的内容在下面。";
}

/// What was typed into a field of a form whose page cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedText {
    /// What the field is called; empty where that is not known.
    pub label: &'static str,
    pub text: String,
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
