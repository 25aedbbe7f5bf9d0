//! Pieces of `auth`, each by itself.

mod token {
    use axum::http::{HeaderMap, HeaderValue, header};
    use lunzhi::auth::token::{Purpose, Token};

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
