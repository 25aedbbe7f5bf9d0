//! Pieces of `congress`, each by itself.

mod archive_packing {
    use std::io::{Cursor, Read as _};

    use lunzhi::congress::archive::packing::Packer;
    use time::OffsetDateTime;

    #[test]
    fn what_is_sent_part_by_part_is_one_file_with_the_hash_of_each() {
        let mut packer = Packer::default();
        let mut sent = packer.add("名单/代表.csv", "一".repeat(5_000).as_bytes()).unwrap().to_vec();
        assert!(!sent.is_empty(), "each goes as soon as it is packed");
        sent.extend(packer.add("纪要.docx", b"PK").unwrap());
        sent.extend(packer.finish("第一次大会", OffsetDateTime::UNIX_EPOCH).unwrap());
        let mut zip = zip::ZipArchive::new(Cursor::new(sent)).unwrap();
        let mut text = String::new();
        zip.by_name("名单/代表.csv").unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text.chars().count(), 5_000);
        let mut index = String::new();
        zip.by_name("index.html").unwrap().read_to_string(&mut index).unwrap();
        assert!(index.contains("纪要.docx") && index.contains("第一次大会"));
        let mut sums = String::new();
        zip.by_name("SHA256SUMS.txt").unwrap().read_to_string(&mut sums).unwrap();
        assert_eq!(sums.lines().count(), 2);
    }
}

mod meeting_composed {
    use lunzhi::congress::meeting::composed::{Block, Seat, heading_of};

    #[test]
    fn a_heading_of_the_minutes_is_a_numbered_line() {
        assert_eq!(heading_of("三、选举"), Some("选举"));
        for plain in ["张三、李四。", "一、张三、李四当选。", "1.听取报告", "应到 3 人"] {
            assert_eq!(heading_of(plain), None, "{plain}");
        }
    }

    #[test]
    fn a_delegation_sits_together_across_a_rows_end() {
        let seat = |row, column| Seat { row, column };
        let block = Block { name: String::new(), seats: vec![seat(0, 10), seat(0, 11), seat(1, 11), seat(1, 10)] };
        assert_eq!(block.in_words(), "第1排11—12座、第2排11—12座");
    }
}

mod result_forms {
    use lunzhi::{
        congress::result::forms::{NamedElected, people},
        web::forms::Errors,
    };

    #[test]
    fn a_report_is_read_line_by_line_with_votes_or_without() {
        let read = |text: &str| {
            let mut errors = Errors::default();
            let people = people(text, &mut errors);
            (people, errors.of("people").map(str::to_owned))
        };
        let one = |number: &str, votes| NamedElected { number: number.to_owned(), votes };
        let (people, fault) = read("20240001 ２０１\n\n20240002，198票\n20240003");
        assert_eq!(people, [one("20240001", Some(201)), one("20240003", None)]);
        assert_eq!(fault.as_deref(), Some("“20240002，198票”的得票数应为整数"));
        assert_eq!(read(" \n").1.as_deref(), Some("请填写当选人的学号，每行一人"));
        assert!(read("1 2 3").1.unwrap().contains("每行一人"));
        assert_eq!(read("1\n1").1.as_deref(), Some("学号 1 写了两次"));
    }
}
