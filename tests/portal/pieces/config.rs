//! Pieces of `config`, each by itself.

use lunzhi::config::PublicUrl;

#[test]
fn a_public_address_is_a_scheme_a_host_with_a_port() {
    let read = |text: &str| text.parse::<PublicUrl>().map(|url| url.as_str().to_owned()).ok();
    assert_eq!(read("https://lunzhi.example.edu.cn:8443/").as_deref(), Some("https://lunzhi.example.edu.cn:8443"));
    assert_eq!(read("http://10.1.2.3:8080").as_deref(), Some("http://10.1.2.3:8080"));
    for wrong in ["lunzhi.example.edu.cn", "ftp://a.example", "https://a.example/union", "https://x@a.example", ""] {
        assert_eq!(read(wrong), None, "{wrong}");
    }
}
