//! Why somebody is not signed in by their university's server, each in its own sentence.

use axum::http::StatusCode;

use crate::{web::outgoing::Unanswered, words::words};

words! {
    /// Why somebody is not signed in.
    Refusal:
    /// The ticket was used, or is older than the server keeps it.
    InvalidTicket = "invalid_ticket", "登录凭证已经失效：可能已经用过，或隔得太久。请重新登录一次。";
    /// The ticket is not of the kind that was asked for.
    InvalidTicketSpec = "invalid_ticket_spec", "登录凭证不合要求：须在统一身份认证直接登录得到。请重新登录一次。";
    InvalidService = "invalid_service", "登录凭证不是发给本系统的，或统一身份认证没有登记本系统的地址。请系统管理员与学校信息化部门核对登记的服务地址。";
    InvalidRequest = "invalid_request", "统一身份认证没有接受本系统的核对请求。请系统管理员与学校信息化部门核对服务器地址。";
    UnauthorizedProxy = "unauthorized_service_proxy", "统一身份认证不允许本系统以代理方式核对登录。请系统管理员与学校信息化部门核对本系统的登记。";
    InternalError = "internal_error", "统一身份认证内部出错，没有完成核对。请稍后再试。";
    /// A code that no version of the protocol has.
    OtherCode = "other_code", "统一身份认证没有通过这次登录，也没有说明原因。请重新登录一次；仍然不行的，请联系学校信息化部门。";
    /// The person, or the server for them, said no.
    Denied = "access_denied", "统一身份认证没有允许登录本系统：可能是你没有同意，或没有使用权限。";
    /// The code was used, or is too old.
    InvalidGrant = "invalid_grant", "授权码已经失效：可能已经用过，或隔得太久。请重新登录一次。";
    InvalidClient = "invalid_client", "统一身份认证不认识本系统的客户端编号或密钥。请系统管理员核对设置。";
    /// Another issuer answers than the one that was asked.
    WrongIssuer = "wrong_issuer", "应答不是由设置的统一身份认证签发的，没有采用。请系统管理员核对签发者地址（一字不差，包括末尾的斜线）。";
    /// No known key of the issuer fits the signature.
    BadSignature = "bad_signature", "登录结果的签名没有通过核对，没有采用。请稍后再试；仍然不行的，请系统管理员联系学校信息化部门。";
    /// The token is for somebody else, or for another sign-in.
    NotForUs = "not_for_us", "登录结果不是发给本系统这次登录的，没有采用。请重新登录一次。";
    /// The token has expired, or is from later than now, by more than two minutes.
    OutOfTime = "out_of_time", "登录结果的有效时间不对：统一身份认证与本系统的时钟可能相差两分钟以上。请系统管理员核对服务器时间。";
    Unreachable = "unreachable", "统一身份认证没有应答，暂时不能用它登录。请稍后再试。";
    /// Too many are asked about at once, and this one never was.
    Crowded = "crowded", "现在登录的人多，没有轮到向统一身份认证核对。请过几秒重新登录。";
    /// It sent a redirect, an error, or what is too large or cannot be read.
    Unreadable = "unreadable", "统一身份认证的应答无法识别，没有采用。请稍后再试；仍然不行的，请系统管理员核对服务器地址。";
    NoNumber = "no_number", "统一身份认证没有给出你的学号（工号），所以不能确定是哪个账号。请系统管理员核对设置里学号所在的属性。";
    /// No account has the number.
    Unknown = "unknown", "本系统里没有这个学号（工号）的账号。";
    Disabled = "disabled", "这个账号已停用，不能登录。";
    /// The sign-in was not begun in this browser, or long ago.
    NotBegun = "not_begun", "这次登录不是从本系统的登录页开始的，或者隔得太久。请重新开始。";
    /// The browser has somebody else's session.
    OtherAccount = "other_account", "你在这个浏览器里已经用另一个账号登录，没有替换。要换账号的，请先退出，再重新登录。";
    /// Too many failures from one network.
    TooMany = "too_many", "你所在的网络登录失败较多，请稍后再试（用登录过的手机或电脑不受影响）。";
    /// The client's secret does not open: the portal has another key file.
    NoSecret = "no_secret", "本系统打不开保存的客户端密钥。请系统管理员在“统一身份认证”页重新填写。";
}

impl Refusal {
    /// The code of a CAS server.
    #[must_use]
    pub fn of_cas(code: &str) -> Self {
        match code.trim().to_ascii_uppercase().as_str() {
            "INVALID_TICKET" => Self::InvalidTicket,
            "INVALID_TICKET_SPEC" => Self::InvalidTicketSpec,
            "INVALID_SERVICE" | "UNAUTHORIZED_SERVICE" => Self::InvalidService,
            "INVALID_REQUEST" => Self::InvalidRequest,
            "UNAUTHORIZED_SERVICE_PROXY" | "INVALID_PROXY_CALLBACK" => Self::UnauthorizedProxy,
            "INTERNAL_ERROR" => Self::InternalError,
            _ => Self::OtherCode,
        }
    }

    /// The error of an OpenID server.
    pub(super) fn of_oidc(error: &str) -> Self {
        match error {
            "access_denied" | "login_required" | "consent_required" | "interaction_required" => Self::Denied,
            "invalid_grant" => Self::InvalidGrant,
            "invalid_client" | "unauthorized_client" => Self::InvalidClient,
            "invalid_request" | "invalid_scope" | "unsupported_response_type" => Self::InvalidRequest,
            "server_error" | "temporarily_unavailable" => Self::InternalError,
            _ => Self::OtherCode,
        }
    }

    /// The server is what is wrong, and not the person's sign-in.
    fn is_of_the_server(self) -> bool {
        matches!(self, Self::InternalError | Self::Unreachable | Self::Crowded | Self::Unreadable)
    }

    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            _ if self.is_of_the_server() => StatusCode::BAD_GATEWAY,
            _ => StatusCode::FORBIDDEN,
        }
    }

    /// Beginning anew may help.
    pub(super) fn may_try_again(self) -> bool {
        !matches!(
            self,
            Self::Unknown | Self::Disabled | Self::NoNumber | Self::TooMany | Self::NoSecret | Self::OtherAccount
        )
    }

    /// The browser stays signed in as before.
    pub(super) fn leaves_signed_in(self) -> bool {
        self == Self::OtherAccount
    }

    /// Somebody may have guessed: it counts against their network.
    pub(super) fn counts(self) -> bool {
        matches!(self, Self::InvalidTicket | Self::InvalidGrant | Self::OtherCode)
    }

    /// What the record hears of; a sign-in that was begun elsewhere is no failure.
    pub(super) fn is_recorded(self) -> bool {
        !matches!(self, Self::NotBegun | Self::TooMany | Self::OtherAccount)
    }
}

impl From<Unanswered> for Refusal {
    fn from(why: Unanswered) -> Self {
        match why {
            Unanswered::Unreachable | Unanswered::TookLong => Self::Unreachable,
            Unanswered::Busy => Self::Crowded,
            Unanswered::TooLarge => Self::Unreadable,
        }
    }
}
