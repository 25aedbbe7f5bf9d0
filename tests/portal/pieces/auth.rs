//! Pieces of `auth`, each by itself.

mod token {
    use axum::http::{HeaderMap, HeaderValue, header};
    use lunzhi::{
        auth::token::{Purpose, Token, hash_of},
        secrets,
    };

    fn request(host: &str, cookie: &str) -> HeaderMap {
        [(header::HOST, host), (header::COOKIE, cookie)]
            .into_iter()
            .map(|(name, value)| (name, HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    #[test]
    fn away_from_loopback_the_cookie_is_secure_and_host_bound() {
        let token = Token::random();
        let cookie = token.set_cookie(Purpose::Session, &request("lunzhi.example.edu.cn", "")).unwrap();
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with("__Host-lunzhi=") && cookie.ends_with("HttpOnly; SameSite=Lax; Secure"), "{cookie}");
        let local = token.set_cookie(Purpose::Session, &request("127.0.0.1:8080", "")).unwrap();
        assert!(!local.to_str().unwrap().contains("Secure"));
    }

    #[test]
    fn a_code_reads_back_however_it_is_typed() {
        let code = secrets::code();
        assert_eq!(code.len(), 29);
        assert_eq!(hash_of(&code.to_uppercase().replace('-', " ")), hash_of(&code));
        assert_ne!(hash_of(&secrets::code()), hash_of(&code));
    }

    #[test]
    fn the_plain_cookie_is_not_believed_away_from_loopback() {
        let token = Token::random();
        let hash = token.hash();
        let value = format!("a=b; lunzhi={}", token.into_field());
        assert!(Token::from_headers(Purpose::Session, &request("lunzhi.example.edu.cn", &value)).is_none());
        let found = Token::from_headers(Purpose::Session, &request("[::1]:8080", &value)).unwrap();
        assert_eq!(found.hash(), hash);
        assert!(Token::from_headers(Purpose::Session, &request("localhost", "lunzhi=short")).is_none());
    }
}

mod password {
    use argon2::{Argon2, password_hash::PasswordVerifier};
    use lunzhi::{
        auth::password::{Hasher, PasswordOwner, weakness},
        secrets::{Cost, readable},
    };

    /// Whether that is the password of which this is the hash.
    async fn is(hasher: &Hasher, password: &str, hash: &str) -> bool {
        hasher.verify(hasher.reserve().unwrap(), password, Some(hash)).await.unwrap()
    }

    #[tokio::test]
    async fn hashes_are_owasp_argon2id_and_another_implementation_agrees() {
        let hasher = Hasher::start(Cost::OWASP).unwrap();
        let text = hasher.hash("正确的密码").await.unwrap();
        assert!(text.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{text}");
        assert!(is(&hasher, "正确的密码", &text).await);
        assert!(!is(&hasher, "错误的密码", &text).await);
        assert!(Argon2::default().verify_password("正确的密码".as_bytes(), text.as_str()).is_ok());
    }

    #[tokio::test]
    async fn memory_left_from_one_hash_does_not_change_the_next() {
        let hasher = Hasher::start(Cost::CHEAP).unwrap();
        let first = hasher.hash("a").await.unwrap();
        let second = hasher.hash("b").await.unwrap();
        let another = Hasher::start(Cost::CHEAP).unwrap();
        assert!(is(&another, "a", &first).await && is(&hasher, "b", &second).await);
    }

    #[test]
    fn readable_passwords_are_strong_and_differ() {
        let (one, two) = (readable(16, 4), readable(16, 4));
        assert_ne!(one, two);
        assert_eq!((one.len(), one.split('-').count()), (19, 4));
        assert_eq!(weakness(&one, &OWNER), None);
    }

    const OWNER: PasswordOwner<'_> = PasswordOwner { number: "2024001", name: "张伟", school: "qingyu" };

    #[test]
    fn what_is_tried_first_is_no_password() {
        for common in [
            "2024001-xyzw",
            "aaaaaaaaaaaa",
            "short",
            "1234567890",
            "password12",
            "qwertyuiop",
            "Admin123456",
            "zhangwei2024",
            "weizhang123",
            "qingyu2026",
            "2004-05-21-",
            "woaini1314",
            "1q2w3e4r5t",
            "Zhangwei@123",
        ] {
            assert!(weakness(common, &OWNER).is_some(), "{common}");
        }
        for good in ["青岛的海风吹过大操场", "correct horse battery", "mul-kept-frog-19", "三号楼下的猫最爱吃鱼"]
        {
            assert_eq!(weakness(good, &OWNER), None, "{good}");
        }
    }
}
