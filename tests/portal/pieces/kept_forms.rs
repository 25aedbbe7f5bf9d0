//! Pieces of `kept_forms`, each by itself.

mod layers {
    use lunzhi::kept_forms::layers::is_secret;

    #[test]
    fn ballots_and_answers_are_never_kept() {
        for path in ["/votes", "/votes/1", "/scoring/1/people/2", "/surveys/1/answer"] {
            assert!(is_secret(path), "{path}");
        }
        for path in ["/votesx", "/surveys", "/surveys/1/questions", "/surveys/1/close", "/voice/new"] {
            assert!(!is_secret(path), "{path}");
        }
    }
}

mod file {
    use axum::body::Bytes;
    use lunzhi::{
        auth::token::Token,
        ids::AccountId,
        kept_forms::file::{open, seal},
    };

    #[test]
    fn only_the_token_and_the_account_open_it() {
        let (token, account) = (Token::random(), AccountId::random());
        let text = ["名单.xlsx".as_bytes(), &[0, 1, 0, 2]].concat();
        let sealed = seal(&token, account, &text).unwrap();
        let opened = open(&sealed, &token, account);
        assert_eq!(opened, Some(("名单.xlsx".to_owned(), Bytes::from_static(&[1, 0, 2]))));
        assert_eq!(open(&sealed, &token, AccountId::random()), None);
        assert_eq!(open(&sealed, &Token::random(), account), None);
    }
}

mod form {
    use axum::extract::Request;
    use lunzhi::{
        auth::token::Token,
        ids::AccountId,
        kept_forms::form::{Encoding, KeptForm},
        web::forms::TypedField,
    };

    fn form(encoding: Encoding) -> KeptForm {
        let field = |name: &str, value: &str| TypedField { name: name.to_owned(), value: value.to_owned() };
        let fields = vec![field("title", "秋季 & 招新"), field("note", "一\r\n二")];
        KeptForm { path: "/rounds/new".to_owned(), office: None, encoding, fields }
    }

    #[test]
    fn only_the_token_and_the_account_open_it() {
        let (token, account, form) = (Token::random(), AccountId::random(), form(Encoding::Plain));
        let sealed = form.seal(&token, account).unwrap();
        assert!(!sealed.windows(5).any(|part| part == b"title"));
        assert_eq!(KeptForm::open(&sealed, &token, account), Some(form));
        assert_eq!(KeptForm::open(&sealed, &token, AccountId::random()), None);
        assert_eq!(KeptForm::open(&sealed, &Token::random(), account), None);
    }

    #[tokio::test]
    async fn it_is_sent_again_as_it_was_typed() {
        use axum::extract::FromRequest;
        let parts = || Request::builder().uri("/rounds/new").body(()).unwrap().into_parts().0;
        let plain = form(Encoding::Plain).request(parts()).unwrap();
        let bytes = axum::body::to_bytes(plain.into_body(), 10_000).await.unwrap();
        let read: Vec<(String, String)> = serde_html_form::from_bytes(&bytes).unwrap();
        assert_eq!(read[0].1, "秋季 & 招新");
        let mut upload = form(Encoding::Multipart).request(parts()).unwrap();
        upload.extensions_mut().insert(lunzhi::web::intake::Intake::default());
        upload.extensions_mut().insert(lunzhi::web::intake::Uploader(AccountId::random()));
        let read = lunzhi::web::forms::Upload::from_request(upload, &()).await.unwrap();
        assert_eq!((read.field("title"), read.field("note")), ("秋季 & 招新", "一\r\n二"));
        assert!(read.file.is_none());
    }
}
