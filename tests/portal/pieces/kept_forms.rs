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

    #[test]
    fn what_can_be_copied_is_what_was_typed_under_its_label() {
        let field = |name: &str, value: &str| TypedField { name: name.to_owned(), value: value.to_owned() };
        let case = "7b4b1a6e-7a55-4f6e-9f57-0d5b1f8c2a11";
        let fields = vec![
            field("case", &format!("{case}.1.0")),
            field("round", case),
            field("q", "张"),
            field("verdict", "agree"),
            field("minutes", "二人参加，逐份审查。"),
            field("statement", "我愿意服务同学。"),
            field("period", "2025—2026 学年"),
        ];
        let form = KeptForm { path: "/vetting".to_owned(), office: None, encoding: Encoding::Plain, fields };
        let told: Vec<(&str, String)> = form.texts().into_iter().map(|one| (one.label, one.text)).collect();
        // Of two forms that ask for minutes each calls them otherwise.
        let texts = ["二人参加，逐份审查。", "我愿意服务同学。", "2025—2026 学年"].map(str::to_owned);
        let labels = ["", "个人陈述", "统计期间"];
        assert_eq!(told, labels.into_iter().zip(texts).collect::<Vec<_>>());
    }
}

mod field_names {
    use std::collections::BTreeSet;

    use lunzhi::kept_forms::field_names::{is_hidden, label};

    use crate::house::files;

    /// Of these the page fills in nothing but what was typed or chosen before, or a mark that is no text.
    const CHOSEN: [&str; 14] = [
        "answer",
        "body",
        "cohort",
        "day",
        "document",
        "from",
        "hidden",
        "hidden_columns",
        "into",
        "kind",
        "matter",
        "reason",
        "sheet",
        "what",
    ];
    /// To where the others are sent.
    const PATHS: [&str; 15] = [
        "/activities/1/here",
        "/cases/1",
        "/checkup/faults",
        "/congresses/1/delegates/steps",
        "/disclosure/years/1/say",
        "/nominations/1",
        "/plan-drafts/1/groups/a",
        "/plans/adopt",
        "/retention/erase",
        "/reviews/1/on-paper/1",
        "/rounds/new",
        "/slips/1",
        "/unions/1/mending",
        "/unions/1/own-rules",
        "/vetting",
    ];

    #[test]
    fn a_field_that_nobody_sees_is_known_by_its_name() {
        let mut names = BTreeSet::new();
        for (path, text) in files("templates", "html") {
            // What is sent from there is never given back.
            if path.iter().any(|folder| folder == "auth" || folder == "elections") {
                continue;
            }
            let found = text.split("type=\"hidden\" name=\"").skip(1).filter_map(|rest| rest.split('"').next());
            names.extend(found.filter(|name| !name.contains('{')).map(str::to_owned));
        }
        assert!(names.len() > 40, "{names:?}");
        for name in names {
            let is_known = PATHS.iter().any(|path| is_hidden(path, &name));
            assert!(is_known || CHOSEN.contains(&name.as_str()), "{name} is shown as if somebody had typed it");
        }
        for (path, typed) in [
            ("/congresses/1/meeting/documents", "body"),
            ("/congresses/1/meeting/setup", "place"),
            ("/unions/1/own-rules", "document"),
            ("/rollover/preview", "day"),
        ] {
            assert!(!is_hidden(path, typed), "{typed} is typed at {path}");
        }
    }

    #[test]
    fn a_label_is_one_of_a_page() {
        let pages: String = files("templates", "html").into_iter().map(|(_, text)| text).collect();
        let labels = include_str!("../../../src/kept_forms/labels.txt");
        for line in labels.lines() {
            let (name, says) = line.split_once('\t').unwrap();
            assert_eq!(label(name), says);
            assert!(pages.contains(says), "no page says {says}");
            assert!(pages.contains(&format!("\"{name}\"")), "no form asks for {name}");
        }
        assert_eq!((label("nothing"), label("stat")), ("", ""));
    }
}
