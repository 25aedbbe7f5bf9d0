//! Pieces of `voice`, each by itself.

mod request {
    use lunzhi::voice::request::{Hotline, Settings};

    #[test]
    fn a_hotline_is_a_name_and_a_number() {
        let read = |line: &str| Hotline::read(line).map(|line| (line.name, line.number));
        assert_eq!(read(" 校保卫处 0512-6500110 "), Some(("校保卫处".to_owned(), "0512-6500110".to_owned())));
        assert_eq!(read("报警\u{3000}110"), Some(("报警".to_owned(), "110".to_owned())));
        for wrong in ["110", "值班室 请到一楼", "急救 12", ""] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(Settings::default().hotlines().len(), 4);
    }
}

mod anonymous_today {
    use lunzhi::{ids::AccountId, voice::AnonymousToday};
    use time::macros::date;

    #[test]
    fn an_account_asks_so_often_a_day_and_again_the_next() {
        let (asked, account) = (AnonymousToday::default(), AccountId::random());
        let today = date!(2026 - 11 - 27);
        assert!((0..10).all(|_| asked.one_more(account, today)));
        assert!(!asked.one_more(account, today) && asked.one_more(AccountId::random(), today));
        assert!(asked.one_more(account, date!(2026 - 11 - 28)));
    }
}
