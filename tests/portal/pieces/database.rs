//! Pieces of `database`, each by itself.

mod space {
    use std::fs;

    use lunzhi::database::space::{Ballast, Space};

    const BALLAST: u64 = 64 * 1024 * 1024;

    #[test]
    fn the_room_is_that_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let space = Space::with_reserve(folder.path().to_owned(), 0);
        assert!(space.free().is_some_and(|free| free > 0) && !space.is_short() && !space.is_full());
        assert!(Space::with_reserve(folder.path().to_owned(), u64::MAX).is_short());
        assert!(space.with_least(u64::MAX).is_full());
        assert!(
            !Space::default().is_short()
                && !Space::default().is_full()
                && !Space::of("/no such folder".into()).is_short()
        );
    }

    #[test]
    fn the_ballast_is_let_go_where_the_disk_is_full_and_laid_down_where_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let (roomy, file) = (Space::of(folder.path().to_owned()), folder.path().join("ballast"));
        assert_eq!(roomy.tend_ballast().unwrap(), Some(Ballast::Laid));
        let length = fs::metadata(&file).unwrap().len();
        assert_eq!((length, roomy.tend_ballast().unwrap()), (BALLAST, None));
        let full = roomy.with_least(u64::MAX);
        assert_eq!(full.tend_ballast().unwrap(), Some(Ballast::LetGo));
        assert!(!file.exists());
        fs::write(&file, b"").unwrap();
        let half = Space::of(folder.path().to_owned());
        assert_eq!(half.tend_ballast().unwrap(), Some(Ballast::Laid), "what was begun is done");
        assert_eq!(Space::default().tend_ballast().unwrap(), None, "another server's disk");
    }
}
