//! Pieces of `campus`, each by itself.

mod cas {
    use encoding_rs::GB18030;
    use lunzhi::campus::{
        cas::{CasPerson, answer, ended_ticket},
        refusal::Refusal,
    };
    use proptest::prelude::*;

    fn success(inside: &str) -> String {
        format!(
            "<cas:serviceResponse xmlns:cas='http://www.yale.edu/tp/cas'>\n<cas:authenticationSuccess>{inside}\
             </cas:authenticationSuccess></cas:serviceResponse>"
        )
    }

    fn read(inside: &str) -> CasPerson {
        answer(success(inside).as_bytes()).unwrap()
    }

    #[test]
    fn both_styles_of_attributes_repeated_names_and_none_are_read() {
        let elements = "<cas:user> zhangsan </cas:user><cas:attributes><cas:xh>20240001</cas:xh>\
                        <cas:dept>一</cas:dept><cas:dept>二</cas:dept><cas:mail>None</cas:mail><cas:tel/>\
                        <cas:cn><![CDATA[张&三]]></cas:cn><cas:org>A &amp; B&#20108;</cas:org></cas:attributes>";
        let person = read(elements);
        assert_eq!(person.user, "zhangsan");
        assert_eq!(person.attribute("XH"), Some("20240001"));
        assert_eq!(person.attribute("dept"), Some("一"));
        assert_eq!((person.attribute("mail"), person.attribute("tel")), (None, None));
        assert_eq!((person.attribute("cn"), person.attribute("org")), (Some("张&三"), Some("A & B二")));
        let pairs = "<cas:user>zhangsan</cas:user><cas:attribute name='xh' value='20240001'/>\
                     <cas:attribute name='cn' value='张&amp;三'></cas:attribute>";
        let person = read(pairs);
        assert_eq!((person.attribute("xh"), person.attribute("cn")), (Some("20240001"), Some("张&三")));
        let flat = read("<cas:user>zhangsan</cas:user><cas:xh>20240001</cas:xh>");
        assert_eq!(flat.attribute("xh"), Some("20240001"));
    }

    #[test]
    fn odd_names_of_attributes_stop_nobody() {
        let person = read(
            "<cas:user>zhangsan</cas:user><cas:attributes><cas:urn:oid:2.5.4.3>张三</cas:urn:oid:2.5.4.3>\
             <cas:full name>张三丰</cas:full name><cas:2nd>x</cas:2nd><cas:xh>20240001</cas:xh></cas:attributes>",
        );
        assert_eq!(person.attribute("urn:oid:2.5.4.3"), Some("张三"));
        assert_eq!(person.attribute("full name"), Some("张三丰"));
        assert_eq!(person.attribute("xh"), Some("20240001"));
    }

    #[test]
    fn an_answer_is_read_whatever_its_charset_and_prefix() {
        let text = success("<cas:user>zhangsan</cas:user><cas:cn>张三</cas:cn>");
        let (gb, _, _) = GB18030.encode(&text);
        assert_eq!(answer(&gb).unwrap().attribute("cn"), Some("张三"));
        let bare = text.replace("cas:", "");
        assert_eq!(answer(bare.as_bytes()).unwrap().user, "zhangsan");
    }

    #[test]
    fn a_failure_is_read_with_its_code() {
        let failed = |code: &str| {
            format!(
                "<cas:serviceResponse><cas:authenticationFailure code=\"{code}\">Ticket not \
                 recognized</cas:authenticationFailure></cas:serviceResponse>"
            )
        };
        assert_eq!(answer(failed("INVALID_TICKET").as_bytes()), Err(Refusal::InvalidTicket));
        assert_eq!(answer(failed("INVALID_SERVICE").as_bytes()), Err(Refusal::InvalidService));
        assert_eq!(answer(failed("").as_bytes()), Err(Refusal::OtherCode));
    }

    #[test]
    fn what_is_no_answer_vouches_for_nobody() {
        for text in [
            "",
            "yes\nzhangsan\n",
            "<html><body>登录</body></html>",
            "<cas:user>zhangsan</cas:user>",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><cas:serviceResponse/>",
        ] {
            assert_eq!(answer(text.as_bytes()), Err(Refusal::Unreadable), "{text}");
        }
        let empty = answer(success("<cas:user></cas:user>").as_bytes());
        assert_eq!(empty, Err(Refusal::Unreadable));
        let two = answer(success("<cas:user>a</cas:user><cas:user>b</cas:user>").as_bytes());
        assert_eq!(two, Err(Refusal::Unreadable));
        let inside = read("<cas:user>a</cas:user><cas:attributes><cas:user>b</cas:user></cas:attributes>");
        assert_eq!(inside.user, "a");
        let deep = success(&("<a>".repeat(100) + &"</a>".repeat(100)));
        assert_eq!(answer(deep.as_bytes()), Err(Refusal::Unreadable));
    }

    #[test]
    fn the_ticket_of_a_session_that_ends_is_found() {
        let request = |index: &str| {
            format!(
                "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"LR-1\" Version=\"2.0\">\
                 <saml:NameID>@NOT_USED@</saml:NameID><samlp:SessionIndex>{index}</samlp:SessionIndex>\
                 </samlp:LogoutRequest>"
            )
        };
        assert_eq!(ended_ticket(&request("ST-1-abc.def-cas01")).as_deref(), Some("ST-1-abc.def-cas01"));
        for index in ["", "a b", "ST<1>"] {
            assert_eq!(ended_ticket(&request(index)), None, "{index}");
        }
        assert_eq!(ended_ticket("no xml"), None);
    }

    proptest! {
        #[test]
        fn no_answer_stops_the_program(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = answer(&bytes);
            let _ = ended_ticket(&String::from_utf8_lossy(&bytes));
        }

        #[test]
        fn nothing_like_an_answer_stops_the_program(inside in "[<>/a-c:&;'\"= ]{0,60}") {
            let _ = answer(success(&inside).as_bytes());
            let _ = ended_ticket(&inside);
        }

        #[test]
        fn a_value_comes_through_escaped(value in "[ -~一-龥]{1,30}") {
            let escaped = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let person = read(&format!("<cas:user>u</cas:user><cas:attributes><cas:v>{escaped}</cas:v></cas:attributes>"));
            let said = value.trim();
            let says_none = said.is_empty() || ["none", "null"].iter().any(|none| said.eq_ignore_ascii_case(none));
            prop_assert_eq!(person.attribute("v"), (!says_none).then_some(said));
        }
    }
}

mod claims {
    use lunzhi::campus::{
        claims::{Ended, Expected, claim, joined},
        refusal::Refusal,
    };
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use time::{OffsetDateTime, macros::datetime};

    const NOW: OffsetDateTime = datetime!(2026-11-28 20:00 +8);

    fn expected() -> Expected<'static> {
        Expected { issuer: "https://id.example.edu.cn/", client: "lunzhi", nonce: "n", now: NOW }
    }

    #[test]
    fn a_logout_token_says_so_and_an_id_token_is_none() {
        let now = NOW.unix_timestamp();
        let token = |changed: &Value| {
            let mut all = json!({ "iss": "https://id.example.edu.cn/", "aud": "lunzhi", "iat": now, "jti": "j", "sid": "s",
                                  "events": { "http://schemas.openid.net/event/backchannel-logout": {} } });
            for (name, value) in changed.as_object().unwrap() {
                all[name] = value.clone();
            }
            expected().ended(&all)
        };
        let own = Ended { sid: Some("s".to_owned()), subject: None, id: "j".to_owned() };
        assert_eq!(token(&json!({})).unwrap(), own);
        assert_eq!(token(&json!({ "sub": 7 })).unwrap().subject.as_deref(), Some("7"));
        for (changed, why) in [
            (json!({ "nonce": "n" }), Refusal::NotForUs),
            (json!({ "events": {} }), Refusal::NotForUs),
            (json!({ "aud": "other" }), Refusal::NotForUs),
            (json!({ "iss": "https://other.example/" }), Refusal::WrongIssuer),
            (json!({ "iat": now - 3_600 }), Refusal::OutOfTime),
            (json!({ "exp": now - 600 }), Refusal::OutOfTime),
            (json!({ "sid": null }), Refusal::Unreadable),
            (json!({ "jti": null }), Refusal::Unreadable),
        ] {
            assert_eq!(token(&changed).unwrap_err(), why, "{changed}");
        }
    }

    fn claims(changed: &Value) -> Value {
        let now = NOW.unix_timestamp();
        let mut all = json!({ "iss": "https://id.example.edu.cn/", "aud": "lunzhi", "sub": "u1", "nonce": "n",
                              "exp": now + 60, "iat": now });
        all.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
        all
    }

    fn subject(changed: &Value) -> Result<String, Refusal> {
        expected().subject(&claims(changed))
    }

    #[test]
    fn a_numeric_subject_and_odd_claims_refuse_nobody() {
        assert_eq!(subject(&json!({})), Ok("u1".to_owned()));
        assert_eq!(subject(&json!({ "sub": 20_240_001 })), Ok("20240001".to_owned()));
        let odd = json!({ "email_verified": "true", "address": "one line", "updated_at": "yesterday", "amr": 3 });
        assert_eq!(subject(&odd), Ok("u1".to_owned()));
        let times = json!({ "exp": (NOW.unix_timestamp() + 60).to_string(), "iat": 1.5 });
        assert_eq!(subject(&times), Ok("u1".to_owned()));
    }

    #[test]
    fn two_minutes_are_allowed_and_no_more() {
        let now = NOW.unix_timestamp();
        assert!(subject(&json!({ "exp": now - 119 })).is_ok());
        assert_eq!(subject(&json!({ "exp": now - 120 })), Err(Refusal::OutOfTime));
        assert!(subject(&json!({ "iat": now + 120 })).is_ok());
        assert_eq!(subject(&json!({ "iat": now + 121 })), Err(Refusal::OutOfTime));
        assert_eq!(subject(&json!({ "nbf": now + 121 })), Err(Refusal::OutOfTime));
        assert_eq!(subject(&json!({ "exp": null })), Err(Refusal::OutOfTime));
        assert!(subject(&json!({ "exp": i64::MAX })).is_ok());
    }

    #[test]
    fn a_token_for_others_is_none_for_us() {
        assert_eq!(subject(&json!({ "iss": "https://id.example.edu.cn" })), Err(Refusal::WrongIssuer), "to the slash");
        for other in [
            json!({ "aud": "other" }),
            json!({ "aud": ["lunzhi", "other"] }),
            json!({ "aud": ["lunzhi", "other"], "azp": "other" }),
            json!({ "azp": "other" }),
            json!({ "nonce": "m" }),
            json!({ "nonce": null }),
            json!({ "aud": null }),
        ] {
            assert_eq!(subject(&other), Err(Refusal::NotForUs), "{other}");
        }
        assert!(subject(&json!({ "aud": ["lunzhi"] })).is_ok());
        assert!(subject(&json!({ "aud": ["lunzhi", "other"], "azp": "lunzhi" })).is_ok());
    }

    #[test]
    fn number_and_name_are_read_by_their_names() {
        let json = json!({ "xh": 20_240_001, "cn": ["张三", "Zhang"], "a.b": "whole", "attributes": { "gh": " T1 " },
                           "half": 1.5, "none": "None", "flag": true });
        let read = |name| claim(&json, name);
        assert_eq!(read("xh").as_deref(), Some("20240001"));
        assert_eq!(read("cn").as_deref(), Some("张三"));
        assert_eq!((read("a.b").as_deref(), read("attributes.gh").as_deref()), (Some("whole"), Some("T1")));
        for absent in ["half", "none", "flag", "nowhere", "attributes.none", ""] {
            assert_eq!(read(absent), None, "{absent}");
        }
    }

    #[test]
    fn an_answer_about_somebody_else_is_not_taken() {
        let token = json!({ "sub": "u1", "xh": "1" });
        assert_eq!(joined(token.clone(), Some(json!({ "sub": "u2" })), "u1"), Err(Refusal::NotForUs));
        let all = joined(token.clone(), Some(json!({ "sub": "u1", "xh": "2" })), "u1").unwrap();
        assert_eq!(claim(&all, "xh").as_deref(), Some("2"));
        let unnamed = json!({ "xh": "2", "profile.gh": "3", "cn": "张三" });
        let all = joined(json!({ "sub": "u1", "xh": "1", "profile": { "gh": "1" } }), Some(unnamed), "u1").unwrap();
        let read = |name| claim(&all, name);
        assert_eq!((read("xh").as_deref(), read("profile.gh").as_deref()), (Some("1"), Some("1")), "the token's stay");
        assert_eq!(read("cn").as_deref(), Some("张三"));
        assert_eq!(joined(token.clone(), Some(json!("no object")), "u1"), Ok(token));
    }

    proptest! {
        #[test]
        fn nothing_that_is_claimed_stops_the_program(text in "[\\[\\]{}\":,.0-9a-z-]{0,120}", name in ".{0,20}") {
            if let Ok(json) = serde_json::from_str::<Value>(&text) {
                let _ = claim(&json, &name);
                let _ = expected().subject(&json);
                let _ = joined(json.clone(), Some(json), "u1");
            }
        }
    }
}

mod keys {
    use lunzhi::campus::keys::{Keys, SignedToken};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    const MODULUS: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL\
                           -yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA\
                           9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8N\
                           Aco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9p\
                         c19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF\
                         5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQ\
                         BMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYE\
                         UipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

    fn keys(all: &[Value]) -> Keys {
        Keys::read(&json!({ "keys": all })).unwrap()
    }

    #[test]
    fn rfc_7515_appendix_a_2_its_token_is_signed_by_its_key_alone() {
        let token = SignedToken::read(TOKEN).unwrap();
        let own = json!({ "kty": "RSA", "n": MODULUS, "e": "AQAB" });
        assert_eq!(keys(std::slice::from_ref(&own)).claims(&token).unwrap()["iss"], "joe");
        let padded = json!({ "kty": "RSA", "n": format!("{MODULUS}=="), "e": "AAEAAQ", "x5c": 7, "alg": "odd" });
        assert!(keys(&[padded]).claims(&token).is_some(), "padding and zeros do not count");
        let odd = [json!({ "kty": "oct", "k": "AQ" }), json!(3), json!({ "kty": "RSA" }), own];
        assert!(keys(&odd).claims(&token).is_some(), "what is of no use is left out");
        let other = json!({ "kty": "RSA", "n": MODULUS.replacen("ofgW", "ofgX", 1), "e": "AQAB" });
        assert!(keys(&[other]).claims(&token).is_none());
        let for_sealing = json!({ "kty": "RSA", "use": "enc", "n": MODULUS, "e": "AQAB" });
        assert!(keys(&[for_sealing]).claims(&token).is_none());
        assert!(Keys::default().claims(&token).is_none());
    }

    #[test]
    fn a_changed_token_and_one_without_a_signature_are_signed_by_nobody() {
        let own = keys(&[json!({ "kty": "RSA", "n": MODULUS, "e": "AQAB" })]);
        let (signed, signature) = TOKEN.rsplit_once('.').unwrap();
        let changed = format!("{}A.{signature}", &signed[..signed.len() - 1]);
        assert!(SignedToken::read(&changed).is_none_or(|token| own.claims(&token).is_none()));
        // {"alg":"none"}
        let none = SignedToken::read("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.").unwrap();
        assert!(own.claims(&none).is_none());
        // {"alg":"HS256"}
        let shared = SignedToken::read("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.AAAA").unwrap();
        assert!(own.claims(&shared).is_none());
    }

    proptest! {
        #[test]
        fn nothing_that_is_sent_stops_the_program(token in "[A-Za-z0-9_.-]{0,200}", numbers in "[A-Za-z0-9_=-]{0,80}") {
            let key = |kty: &str, crv: &str| json!({ "kty": kty, "crv": crv, "n": numbers, "e": numbers, "x": numbers, "y": numbers });
            let all = keys(&[key("RSA", ""), key("EC", "P-256"), key("EC", "P-384"), key("OKP", "Ed25519")]);
            let token = SignedToken::read(&token).or_else(|| SignedToken::read(TOKEN)).unwrap();
            prop_assert!(all.claims(&token).is_none());
        }
    }
}

mod refusal {
    use lunzhi::{campus::refusal::Refusal, web::outgoing::Unanswered};

    #[test]
    fn each_code_of_a_cas_server_has_its_own_sentence() {
        let codes = [
            "INVALID_TICKET",
            "INVALID_TICKET_SPEC",
            "INVALID_SERVICE",
            "INVALID_REQUEST",
            "UNAUTHORIZED_SERVICE_PROXY",
            "INTERNAL_ERROR",
            "SOMETHING_ELSE",
        ];
        let mut said: Vec<&str> = codes.iter().map(|code| Refusal::of_cas(code).label()).collect();
        said.sort_unstable();
        said.dedup();
        assert_eq!(said.len(), codes.len());
        assert_eq!(Refusal::of_cas(" invalid_ticket "), Refusal::InvalidTicket);
    }

    #[test]
    fn a_server_that_was_not_asked_is_not_said_to_be_silent() {
        assert_eq!(Refusal::from(Unanswered::Busy), Refusal::Crowded);
        for silent in [Unanswered::Unreachable, Unanswered::TookLong] {
            assert_eq!(Refusal::from(silent), Refusal::Unreachable);
        }
        assert_eq!(Refusal::from(Unanswered::TooLarge), Refusal::Unreadable);
    }
}

mod journey {
    use axum::http::{HeaderMap, HeaderValue, header};
    use lunzhi::campus::journey::Journey;

    fn returned(cookie: &HeaderValue) -> HeaderMap {
        let pair = cookie.to_str().unwrap().split(';').next().unwrap();
        [(header::HOST, "127.0.0.1"), (header::COOKIE, pair)]
            .into_iter()
            .map(|(name, value)| (name, HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    #[test]
    fn a_journey_comes_back_to_its_school_and_to_no_other_host() {
        let here: HeaderMap = [(header::HOST, HeaderValue::from_static("127.0.0.1"))].into_iter().collect();
        let begun = Journey::new("first", "/plans?a=1");
        let request = returned(&begun.set_cookie(&here).unwrap());
        let back = Journey::of(&request, "first").unwrap();
        assert_eq!((back.next(), &back.state, back.challenge()), ("/plans?a=1", &begun.state, begun.challenge()));
        assert!(Journey::of(&request, "second").is_none() && Journey::of(&here, "first").is_none());
        assert_eq!(Journey::new("first", "//evil.example").next(), "/");
        let mut forged = serde_json::to_value(&begun).unwrap();
        forged["next"] = "https://evil.example/".into();
        let forged: Journey = serde_json::from_value(forged).unwrap();
        assert_eq!(Journey::of(&returned(&forged.set_cookie(&here).unwrap()), "first").unwrap().next(), "/");
    }

    #[test]
    fn rfc_7636_appendix_b_the_challenge_is_the_verifiers_hash() {
        let mut journey = Journey::new("first", "/");
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".clone_into(&mut journey.verifier);
        assert_eq!(journey.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}

mod provider {
    use lunzhi::campus::{
        provider::Endpoints,
        refusal::Refusal,
        server::{CampusServer, PasswordFor, Protocol},
    };
    use serde_json::json;

    pub(super) fn server() -> CampusServer {
        CampusServer {
            protocol: Protocol::Oidc,
            address: "https://id.example.edu.cn".to_owned(),
            origin: "https://lunzhi.example.edu.cn".to_owned(),
            number_field: None,
            name_field: None,
            client: None,
            plain_allowed: false,
            opens_students: false,
            password_for: PasswordFor::All,
            authorities: None,
        }
    }

    #[test]
    fn a_server_is_the_issuer_that_is_set_and_names_addresses_that_may_be_asked() {
        let said = json!({
            "issuer": "https://id.example.edu.cn", "authorization_endpoint": "https://id.example.edu.cn/a?x=1",
            "token_endpoint": "https://id.example.edu.cn/t", "jwks_uri": "https://id.example.edu.cn/k",
            "userinfo_endpoint": "http://id.example.edu.cn/u", "scopes_supported": 3,
            "token_endpoint_auth_methods_supported": ["client_secret_post", 7],
            "end_session_endpoint": "javascript:alert(1)//id.example.edu.cn"
        });
        let read = Endpoints::read(&said, &server()).unwrap();
        assert!(!read.takes_header && !read.names_itself && read.person.is_none(), "{read:?}");
        assert_eq!(read.session_end, None, "an address that a page would link to");
        let slash = json!({ "issuer": "https://id.example.edu.cn/" });
        assert_eq!(Endpoints::read(&slash, &server()).unwrap_err(), Refusal::WrongIssuer);
        let bare = json!({ "issuer": "https://id.example.edu.cn" });
        assert_eq!(Endpoints::read(&bare, &server()).unwrap_err(), Refusal::Unreadable);
        assert_eq!(Endpoints::read(&json!([]), &server()).unwrap_err(), Refusal::WrongIssuer);
    }
}

mod server {
    use super::provider::server;
    use lunzhi::{
        campus::server::{CampusServer, ClientOf, Protocol, SecretKey, address, is_inside, may_be_asked},
        ids::InstitutionId,
        sealing::keys::MarkKey,
    };

    #[test]
    fn without_tls_only_this_machine_is_asked_unless_it_is_allowed() {
        for fine in ["https://cas.example.edu.cn/cas", "http://127.0.0.1:8000", "http://[::1]:8000/a"] {
            assert_eq!(address(fine, false), Ok(fine));
        }
        for wrong in [
            "http://cas.example.edu.cn",
            "https://a@b.example",
            "https://b.example/?a=b",
            "ftp://b.example",
            "",
            "/cas",
        ] {
            assert!(address(wrong, false).is_err(), "{wrong}");
        }
        assert!(address("http://cas.example.edu.cn", true).is_ok());
        assert!(may_be_asked("https://b.example/authorize?x=y", "https://b.example", false));
        assert!(!may_be_asked("http://b.example/authorize", "https://b.example", false));
    }

    #[test]
    fn inside_is_asked_where_the_issuer_is_inside_alone() {
        for inside in [
            "http://127.0.0.1:8000/token",
            "http://localhost/token",
            "https://[::1]/token",
            "https://127.1/token",
            "https://2130706433/token",
            "https://0x7f.0.0.0x1/token",
            "https://10.1.2.3/token",
            "https://192.168.1.1./token",
            "https://169.254.169.254/latest",
            "https://100.100.100.200/latest",
            "https://[fd00::1]/token",
            "https://[fe80::1]/token",
            "https://[::ffff:10.1.2.3]/token",
            "https://0.0.0.0/token",
            "https://db/token",
            "https://a.localhost/token",
        ] {
            assert!(is_inside(inside) && !may_be_asked(inside, "https://id.example.edu.cn/", true), "{inside}");
            assert!(may_be_asked(inside, "http://127.0.0.1:9000/", true), "{inside}");
        }
        for outside in
            ["https://cas.example.edu.cn/cas", "https://202.120.2.2/cas", "https://[2001:da8::1]/", "https://1.example"]
        {
            assert!(!is_inside(outside), "{outside}");
        }
    }

    #[test]
    fn another_server_or_number_vouches_for_others() {
        let address = "https://cas.example.edu.cn/cas".to_owned();
        let server = CampusServer { protocol: Protocol::Cas, address, ..server() };
        let changed = CampusServer { opens_students: true, name_field: Some("cn".to_owned()), ..server.clone() };
        assert!(server.vouches_as(&changed));
        let number = CampusServer { number_field: Some("xh".to_owned()), ..server.clone() };
        let elsewhere = CampusServer { address: "https://id.example.edu.cn".to_owned(), ..server.clone() };
        let client = Some(ClientOf { id: "lunzhi".to_owned(), secret: Vec::new() });
        let way = CampusServer { protocol: Protocol::Oidc, client, ..server.clone() };
        assert!([number, elsewhere, way].iter().all(|other| !server.vouches_as(other)));
    }

    #[test]
    fn a_secret_opens_with_its_key_for_its_university_alone() {
        let (mark, institution) = (MarkKey::random(), InstitutionId::random());
        let sealed = SecretKey::of(&mark).seal(institution, "secret").unwrap();
        let opened = |key: &MarkKey, of| SecretKey::of(key).open(of, &sealed).map(|secret| secret.to_string());
        assert_eq!(opened(&mark, institution).as_deref(), Some("secret"));
        assert_eq!(opened(&MarkKey::random(), institution), None);
        assert_eq!(opened(&mark, InstitutionId::random()), None);
    }
}
