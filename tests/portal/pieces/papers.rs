//! Pieces of `papers`, each by itself.

mod paper {
    use lunzhi::papers::{Block, Column, Form, FormField, FormRow, Paper, Table, closed_up, document_number};

    #[test]
    fn headings_are_numbered_by_those_before_them() {
        let paper = Paper::new("标题")
            .heading("甲")
            .subheading("子")
            .paragraph("文")
            .subheading("丑")
            .heading("乙")
            .subheading("寅")
            .items(["一件".to_owned(), "两件".to_owned()]);
        let shown = |block: &Block| match block {
            Block::Heading { text, .. } | Block::Item(text) => Some(text.clone()),
            _ => None,
        };
        let shown: Vec<String> = paper.blocks.iter().filter_map(shown).collect();
        assert_eq!(shown, ["一、甲", "（一）子", "（二）丑", "二、乙", "（一）寅", "1.一件", "2.两件"]);
    }

    #[test]
    fn what_is_signed_ends_on_the_page_of_its_signature() {
        let ending = |paper: &Paper| (paper.body().len(), paper.ending().len());
        let unsigned = Paper::new("标题").heading("甲").paragraph("文").heading("乙").subheading("子").paragraph("末");
        assert_eq!(ending(&unsigned), (5, 0));
        let signed = unsigned.signed("校团委", None);
        assert_eq!(ending(&signed), (2, 3), "with the headings above it");
        let table = Table::new(vec![Column::text("姓名", 4)], vec![vec!["甲".to_owned()]]);
        assert_eq!(ending(&signed.clone().table(table.clone())), (6, 0), "a table goes on over pages");
        let lines = |paper: Paper| paper.signature_line("填表人").signature_line("审核人");
        assert_eq!(ending(&lines(signed.clone())), (2, 5), "lines to be signed come with what they sign");
        assert_eq!(ending(&lines(signed.table(table))), (6, 2), "of a table with one another");
        assert_eq!(ending(&Paper::new("标题").signed("校团委", None)), (0, 0));
    }

    #[test]
    fn the_year_of_a_number_stands_in_its_own_brackets() {
        for typed in [
            "学会[2026]9号",
            "学会［2026］9号",
            "学会【2026】9号",
            "学会(2026)9号",
            "学会（2026）9号",
            "学会〔2026〕9号",
        ] {
            assert_eq!(document_number(typed), "学会〔2026〕9号");
        }
        for other in ["第3号（修订）", "学会(26)9号", "（2026", ""] {
            assert_eq!(document_number(other), other);
        }
    }

    #[test]
    fn the_last_field_of_a_row_takes_the_rest_of_the_width_beside_the_photo_and_below() {
        let field = |label: &str| FormField::new(label, "");
        let pairs = (0..5).fold(Form::new(String::new()), |form, _| form.row(vec![field("甲"), field("乙")]));
        let form = pairs.row(vec![FormField::new("丙", "长".repeat(201))]).sealed_row(field("丁"), "负责人");
        let columns = |row: &FormRow| row.fields.iter().map(|field| field.columns).collect::<Vec<_>>();
        let all: Vec<usize> = form.rows.iter().flat_map(columns).collect();
        assert_eq!(all, [1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 4]);
        assert_eq!(form.photo_rows(), 4);
        let styles: Vec<&str> = form.rows.iter().skip(4).map(FormRow::style).collect();
        assert_eq!(styles, ["formal-row", "formal-long", "seal"]);
    }

    /// GB/T 9704-2012 sets digits and Chinese characters without a blank between them.
    #[test]
    fn a_sentence_of_a_page_is_closed_up_for_a_paper() {
        for (of_a_page, of_a_paper) in [
            ("2026—2027 学年第一学期", "2026—2027学年第一学期"),
            ("应到 6 人，实到超过 2/3；前 64.6% 以内", "应到6人，实到超过2/3；前64.6%以内"),
            ("政治态度 20%、买买提 · 阿不都", "政治态度20%、买买提 · 阿不都"),
            ("Python 3 社，3 + 2 ≥ 5", "Python 3社，3 + 2 ≥ 5"),
            (" 1 ", " 1 "),
        ] {
            assert_eq!(closed_up(of_a_page), of_a_paper);
        }
    }

    #[test]
    fn a_file_name_holds_nothing_that_a_file_system_refuses() {
        assert_eq!(Paper::new("关于2026/2027学年\n“甲:乙”的公示").file_name(), "关于20262027学年“甲乙”的公示.docx");
    }
}

mod word {
    use lunzhi::papers::word::{Run, free_to_the_right, runs};

    #[test]
    fn marks_stand_in_the_han_font_and_control_characters_nowhere() {
        let expected = [
            Run::Marks("“".to_owned()),
            Run::Text("2026年".to_owned()),
            Run::Marks("”……".to_owned()),
            Run::Break,
            Run::Text("阿依努尔".to_owned()),
            Run::Marks("·".to_owned()),
            Run::Text("买买提".to_owned()),
        ];
        assert_eq!(runs("“2026年”……\n阿依\u{0}努\u{b}尔·买买提"), expected);
    }

    #[test]
    fn a_short_name_and_a_long_one_stand_in_the_middle_over_the_day() {
        let right = |by: &str| free_to_the_right(by, "2026年11月2日");
        assert_eq!(right("校团委"), [11, 8]);
        assert_eq!(right("共青团示范学院委员会"), [4, 8]);
        assert_eq!(right(&"长".repeat(30)), [0, 23]);
    }
}
