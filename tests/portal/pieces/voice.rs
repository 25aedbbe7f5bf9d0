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
