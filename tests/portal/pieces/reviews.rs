//! Pieces of `reviews`, each by itself.

mod sheet {
    use lunzhi::reviews::sheet::{MOST_ASPECTS, SIZE, Sheet};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sheets_read_back_at_one_length(
            scores in proptest::collection::vec(0..=100_u32, 1..=MOST_ASPECTS), comment in "[一-龥a-z𠀀]{0,200}"
        ) {
            let sheet = Sheet { scores, comment };
            let bytes = sheet.encode().unwrap();
            prop_assert_eq!(bytes.len(), SIZE);
            prop_assert_eq!(Sheet::decode(&bytes, sheet.scores.len()), Some(sheet));
        }

        #[test]
        fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..SIZE + 10), aspects in 0..20_usize) {
            if let Some(sheet) = Sheet::decode(&bytes, aspects) {
                prop_assert_eq!(sheet.encode(), Some(bytes));
            }
        }
    }

    #[test]
    fn what_is_too_much_is_no_sheet() {
        let sheet = |scores: Vec<u32>, comment: &str| Sheet { scores, comment: comment.to_owned() };
        assert!(sheet(vec![1; 13], "").encode().is_none());
        assert!(sheet(vec![256], "").encode().is_none());
        assert!(sheet(vec![1], &"长".repeat(300)).encode().is_none());
        let bytes = sheet(vec![1, 2], "好").encode().unwrap();
        assert!(Sheet::decode(&bytes, 3).is_none());
        assert!(Sheet::decode(&bytes[1..], 2).is_none());
    }
}

mod chart {
    use lunzhi::reviews::chart::Radar;

    #[test]
    fn a_full_result_fills_the_outer_ring() {
        let aspects: Vec<String> = ["甲", "乙", "丙"].map(str::to_owned).to_vec();
        let full = Radar::new(&aspects, &[10_000; 3]);
        assert_eq!(full.rings.last(), Some(&full.shape));
        assert!(full.shape.starts_with("150.0,55.0 ") && full.title.contains("甲 100.00"));
    }
}
