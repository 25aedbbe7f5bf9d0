//! Pieces of `web`, each by itself.

mod media {
    use lunzhi::web::media::{JPEG, PDF, PNG, WORD, document, saved_name, scan};

    #[test]
    fn a_document_is_what_its_first_bytes_say() {
        assert_eq!((scan(b"%PDF-1.7"), scan(b"\xFF\xD8\xFF\xE0"), scan(b"GIF89a")), (Some(PDF), Some(JPEG), None));
        assert_eq!(scan(b"\x89PNG\r\n\x1a\n"), Some(PNG));
        assert_eq!((document(b"%PDF-1.7"), document(b"PK\x03\x04 word/document.xml")), (Some(PDF), Some(WORD)));
        assert_eq!((document(b"PK\x03\x04 xl/workbook.xml"), document(b"<html>"), document(b"")), (None, None, None));
    }

    #[test]
    fn a_saved_name_has_no_folder_and_the_ending_of_what_it_is() {
        assert_eq!(saved_name("../../../etc/决定.html", PDF, "扫描件"), "决定.pdf");
        assert_eq!(saved_name("C:\\扫描\\一.二.JPG", JPEG, "扫描件"), "一.二.jpg");
        assert_eq!(saved_name(".png", PNG, "扫描件"), "扫描件.png");
        assert_eq!(saved_name("../a/方案.html", WORD, "方案原件"), "方案.docx");
    }
}

mod connections {
    use std::{
        sync::atomic::{AtomicBool, Ordering},
        time::Duration,
    };

    use axum::{Router, body::Bytes, routing::get};
    use lunzhi::web::connections::{Limits, serve};
    use tokio::{
        io::AsyncWriteExt,
        net::{TcpListener, TcpStream},
    };

    static LET_GO: AtomicBool = AtomicBool::new(false);

    struct Large(Vec<u8>);

    impl AsRef<[u8]> for Large {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }

    impl Drop for Large {
        fn drop(&mut self) {
            LET_GO.store(true, Ordering::SeqCst);
        }
    }

    #[tokio::test]
    async fn whoever_takes_nothing_of_an_answer_is_cut_off_and_it_lies_in_memory_no_more() {
        // More than the buffers between the two take.
        let large = || async { Bytes::from_owner(Large(vec![7; 64 * 1024 * 1024])) };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let limits = Limits { taken_within: Duration::from_millis(200), ..Limits::default() };
        tokio::spawn(serve(listener, Router::new().route("/", get(large)), limits, std::future::pending()));
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let cut_off = async {
            while !LET_GO.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), cut_off).await.unwrap();
        drop(client);
    }
}
