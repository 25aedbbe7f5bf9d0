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

mod address {
    use std::time::Duration;

    use lunzhi::database::address::{Address, Server};

    fn places(text: &str) -> Vec<(String, u16)> {
        let address: Address = text.parse().unwrap();
        let place = |server: &Server| (server.options.get_host().to_owned(), server.options.get_port());
        address.servers.iter().map(place).collect()
    }

    #[test]
    fn several_servers_are_read_in_both_of_libpqs_forms() {
        let both = [("a.example".to_owned(), 5441), ("b.example".to_owned(), 5442)];
        for text in [
            "postgres://portal:p%40ss@a.example:5441,b.example:5442/lunzhi?target_session_attrs=read-write",
            "postgresql://portal@/lunzhi?host=a.example,b.example&port=5441,5442",
            "host=a.example,b.example port=5441,5442 dbname=lunzhi user=portal target_session_attrs=primary",
            "host = 'a.example,b.example' port='5441,5442' dbname='lunzhi'",
        ] {
            assert_eq!(places(text), both, "{text}");
        }
        assert_eq!(places("host=a,b port=6000").last(), Some(&("b".to_owned(), 6000)), "one port for all");
        assert_eq!(places("postgres://[::1]:5433/x"), [("::1".to_owned(), 5433)]);
        assert_eq!(places("postgres://a:5433,b/x").last(), Some(&("b".to_owned(), 5432)));
        let address: Address = r"password='it\'s \\ here' dbname=x host=a connect_timeout=7".parse().unwrap();
        assert_eq!(address.for_clients(), ("dbname='x' host='a'", Some(r"it's \ here")));
        assert_eq!(address.connect_within, Duration::from_secs(7));
        for wrong in ["host=a,b port=1,2,3", "host=a target_session_attrs=standby", "lunzhi", "http://a/b", "user='x"] {
            assert!(wrong.parse::<Address>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_socket_and_a_name_with_odd_characters_stay_what_they_are() {
        let address: Address = "postgres://portal@%2Frun%2Fpg%20sql/lunzhi".parse().unwrap();
        let options = &address.servers.first().unwrap().options;
        assert_eq!(
            options.get_socket().map(|path| path.to_string_lossy().into_owned()).as_deref(),
            Some("/run/pg sql")
        );
        assert_eq!((options.get_username(), options.get_database()), ("portal", Some("lunzhi")));
    }

    #[test]
    fn a_password_stands_in_no_list_of_processes() {
        let address: Address =
            "postgres://portal:p%40ss%3Aword@db.example:5433/lunzhi?sslmode=require".parse().unwrap();
        let (client, password) = address.for_clients();
        assert_eq!(client, "user='portal' dbname='lunzhi' sslmode='require' host='db.example' port='5433'");
        assert_eq!(password, Some("p@ss:word"));
        let several: Address = "host=a,b user=portal".parse().unwrap();
        assert_eq!(several.for_clients(), ("user='portal' host='a,b' target_session_attrs='read-write'", None));
    }
}

mod embedded {
    use std::{fs, io};

    use lunzhi::database::embedded::turn_over;

    #[test]
    fn a_long_log_is_turned_over_under_whoever_appends_to_it() {
        let folder = std::env::temp_dir().join(format!("lunzhi-log-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let log = folder.join("postgres.log");
        let mut writer = fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        io::Write::write_all(&mut writer, b"before").unwrap();
        turn_over(&log, 6).unwrap();
        assert_eq!(fs::read_to_string(&log).unwrap(), "before", "no longer than it may be");
        turn_over(&log, 5).unwrap();
        io::Write::write_all(&mut writer, b"after").unwrap();
        assert_eq!(fs::read_to_string(&log).unwrap(), "after");
        assert_eq!(fs::read_to_string(folder.join("postgres.log.1")).unwrap(), "before");
        fs::remove_dir_all(folder).unwrap();
    }
}

mod batch_writer {
    use lunzhi::database::batch_writer::{MOST, QUEUE, half};

    #[test]
    fn a_crowd_that_comes_again_with_each_answer_goes_in_by_halves() {
        for (crowd, alone) in [(32, 1), (32, 31), (256, 3), (7, 2)] {
            let (mut waiting, mut last) = (crowd - alone, alone);
            for _ in 0..8 {
                let batch = half(waiting, last).min(waiting);
                (waiting, last) = (waiting - batch + last, batch);
            }
            assert!(waiting.abs_diff(last) <= 1, "{waiting} wait while {last} are written, of {crowd}");
        }
    }

    #[test]
    fn whoever_comes_when_nobody_waits_goes_in_at_once() {
        assert_eq!((half(1, 0), half(1, 1), half(3, 3)), (1, 1, 3));
        assert_eq!(half(QUEUE, MOST), MOST);
    }
}
