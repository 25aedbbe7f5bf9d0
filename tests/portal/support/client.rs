//! A browser without a window: cookies, forms, and pages read by role and label.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Request, header},
};
use http_body_util::BodyExt;
use lunzhi::page::filters::query_value;
use scraper::{ElementRef, Html, Selector};
use tower::ServiceExt;

use super::turns::by_turns;

#[derive(Clone)]
pub struct Client {
    router: Router,
    cookies: BTreeMap<String, String>,
    pub host: &'static str,
    /// It sends what no page would send: how it is told what is wrong is not asked.
    pub is_a_stranger: bool,
}

thread_local! {
    /// The page that this thread was asked about last, as it was read: most are asked more than one question.
    static LAST_READ: RefCell<Option<(Vec<u8>, Rc<Html>)>> = const { RefCell::new(None) };
}

/// An answer.
pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Client {
    pub fn new(router: Router) -> Self {
        Self { router, cookies: BTreeMap::new(), host: "127.0.0.1:8080", is_a_stranger: false }
    }

    /// The same browser at another portal on the same database.
    pub fn at(&self, portal: &super::Portal) -> Self {
        Self { cookies: self.cookies.clone(), ..portal.visitor() }
    }

    /// The same browser behind a proxy that sends odd requests to one portal and even ones to the other.
    pub fn by_turns(&self, portals: [&super::Portal; 2]) -> Self {
        let router = by_turns(portals.map(super::Portal::router), &Arc::default());
        Self { router, cookies: self.cookies.clone(), host: self.host, is_a_stranger: self.is_a_stranger }
    }

    pub async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Page {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, self.host);
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let peer = ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 40_000)));
        let request = request.extension(peer).body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (pair, rest) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        let page = Page { status: parts.status.as_u16(), headers: parts.headers, bytes };
        if page.is_page() {
            page.has_each_id_once(path);
            if page.status == 422 && !self.is_a_stranger {
                page.says_what_is_wrong(path);
            }
        }
        page
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.send("GET", path, &[], Vec::new()).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let pair = |(name, value): &(&str, &str)| format!("{}={}", query_value(name), query_value(value));
        let body = fields.iter().map(pair).collect::<Vec<_>>().join("&");
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
        self.send("POST", path, &headers, body.into_bytes()).await
    }

    /// Sends a form and follows to the page it leads to.
    pub async fn post_on(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let sent = self.post(path, fields).await;
        assert_eq!(sent.status, 303, "{}", sent.text());
        self.get(sent.location()).await
    }

    pub async fn upload(&mut self, path: &str, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Page {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--XyX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        if let Some((name, bytes)) = file {
            let part = format!("--XyX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
            body.extend_from_slice(part.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--XyX--\r\n");
        let headers = [("content-type", "multipart/form-data; boundary=XyX"), ("sec-fetch-site", "same-origin")];
        self.send("POST", path, &headers, body).await
    }

    pub async fn sign_in(&mut self, school: &str, number: &str, password: &str) -> Page {
        self.post("/sign-in", &[("school", school), ("number", number), ("password", password)]).await
    }

    /// Sets a password by a one-time code; the person is signed in afterwards.
    pub async fn activate(&mut self, school: &str, number: &str, code: &str, password: &str) -> Page {
        let fields = [("school", school), ("number", number), ("code", code), ("new", password), ("again", password)];
        self.post("/activate", &fields).await
    }

    /// Commits an import and waits until it is settled one way or another: what it comes to is on the last page.
    pub async fn commit_import(&mut self, path: &str) -> Page {
        let mut page = self.post(&format!("{path}/commit"), &[]).await;
        assert_eq!(page.status, 303, "{}", page.text());
        let mut at = page.location().to_owned();
        loop {
            page = self.get(&at).await;
            if page.status == 303 {
                page.location().clone_into(&mut at);
            } else if page.headers.contains_key("refresh") {
                tokio::time::sleep(Duration::from_millis(20)).await;
            } else {
                return page;
            }
        }
    }

    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    pub fn cookie(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }
}

fn select<'a>(html: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    html.select(&Selector::parse(selector).unwrap()).collect()
}

/// An attribute of the elements that a selector finds.
pub fn attributes(html: &Html, selector: &str, name: &str) -> Vec<String> {
    select(html, selector).iter().filter_map(|element| element.attr(name)).map(str::to_owned).collect()
}

/// The ids of a page's elements, as they stand in its text.
fn ids(text: &str) -> impl Iterator<Item = &str> {
    let whole = text.match_indices("id=\"").filter(move |(at, _)| text[..*at].ends_with(char::is_whitespace));
    whole.filter_map(move |(at, name)| text[at + name.len()..].split('"').next())
}

type NodeRef<'a> = <ElementRef<'a> as std::ops::Deref>::Target;

/// Elements around which white space does not show.
const BLOCKS: &[&str] = &[
    "article", "caption", "dd", "details", "div", "dl", "dt", "fieldset", "footer", "form", "h1", "h2", "h3", "header",
    "li", "ol", "option", "p", "section", "select", "table", "tbody", "td", "th", "thead", "tr", "ul",
];

/// The words of an element. White space beside a block, which a template has for its reader, does not show.
fn words(element: ElementRef<'_>) -> String {
    let mut text = String::new();
    for part in element.descendants() {
        let is_block = |node: Option<NodeRef<'_>>| {
            node.is_some_and(|node| node.value().as_element().is_some_and(|found| BLOCKS.contains(&found.name())))
        };
        let Some(found) = part.value().as_text() else { continue };
        let mut shown: &str = found;
        let of_block = is_block(part.parent());
        if is_block(part.prev_sibling()) || (of_block && part.prev_sibling().is_none()) {
            shown = shown.trim_start();
        }
        if is_block(part.next_sibling()) || (of_block && part.next_sibling().is_none()) {
            shown = shown.trim_end();
        }
        text += shown;
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Page {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The page as a browser reads it. Read once: that takes longer than the portal's answer.
    pub fn html(&self) -> Rc<Html> {
        LAST_READ.with_borrow_mut(|last| match last {
            Some((bytes, html)) if *bytes == self.bytes => Rc::clone(html),
            _ => {
                let html = Rc::new(Html::parse_document(&self.text()));
                *last = Some((self.bytes.clone(), Rc::clone(&html)));
                html
            }
        })
    }

    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |location| location.to_str().unwrap())
    }

    /// The text of the elements that a selector finds.
    pub fn all(&self, selector: &str) -> Vec<String> {
        let html = self.html();
        select(&html, selector).into_iter().map(words).collect()
    }

    /// An attribute of the elements that a selector finds.
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        attributes(&self.html(), selector, name)
    }

    pub fn heading(&self) -> String {
        self.all("h1").into_iter().next().unwrap_or_default()
    }

    /// The value that stands in the field with that label.
    pub fn field(&self, label: &str) -> String {
        let html = self.html();
        let label = select(&html, "label").into_iter().find(|found| words(*found) == label).expect("no such label");
        let id = label.attr("for").expect("a label without a field");
        let field = select(&html, &format!("[id='{id}']")).into_iter().next().expect("a label for nothing");
        match field.value().name() {
            "select" => {
                let chosen = select(&html, &format!("[id='{id}'] option[selected]"));
                chosen.first().and_then(|option| option.attr("value")).unwrap_or_default().to_owned()
            }
            "textarea" => field.text().collect(),
            _ => field.attr("value").unwrap_or_default().to_owned(),
        }
    }

    /// The error beside the field with that label: the text its `aria-describedby` points to.
    pub fn fault(&self, label: &str) -> String {
        let html = self.html();
        let label = select(&html, "label").into_iter().find(|found| words(*found) == label).expect("no such label");
        let id = label.attr("for").unwrap();
        let field = select(&html, &format!("[id='{id}']")).into_iter().next().unwrap();
        if field.attr("aria-invalid") != Some("true") {
            return String::new();
        }
        let described = field.attr("aria-describedby").expect("an invalid field without a description");
        let says = described.split_whitespace().filter(|id| id.ends_with("-fault"));
        says.flat_map(|id| select(&html, &format!("[id='{id}']"))).map(words).collect()
    }

    /// A form that came back is heard as it is seen: the title says so first, a summary has the focus, and its links lead
    /// to the fields in the order in which these stand.
    fn says_what_is_wrong(&self, path: &str) {
        let html = self.html();
        let title: String = select(&html, "title").into_iter().map(words).collect();
        assert!(title.starts_with("有误：") || title.starts_with("没有提交："), "{path}: {title}");
        let summary = select(&html, ".faults[role=alert][tabindex='-1'][autofocus]");
        assert!(summary.len() == 1 || title.starts_with("没有提交："), "{path} has {} summaries", summary.len());
        let links = attributes(&html, ".faults a", "href");
        let finds = |by: &str, link: &String| !select(&html, &format!("[{by}='{}']", &link[1..])).is_empty();
        // What can no more be done has no field either.
        let lost = |link: &&String| !finds("id", link) && finds("name", link);
        assert_eq!(links.iter().find(lost), None, "{path} leads nowhere");
        assert_eq!(self.faults_out_of_order(), None, "{path}");
    }

    /// The fields to which the summary of faults leads, and their order on the page where that is another. Read as text: of
    /// the thousands of pages that are asked few need be read otherwise.
    pub fn faults_out_of_order(&self) -> Option<String> {
        let text = self.text();
        let (_, summary) = text.split_once(" faults\" role=\"alert\"")?;
        let (summary, _) = summary.split_once("</ul>")?;
        let links = summary.split("href=\"#").skip(1).filter_map(|link| link.split('"').next());
        let ids: Vec<&str> = ids(&text).collect();
        let place = |link: &str| ids.iter().position(|id| *id == link);
        // What can no more be done has no field either.
        let named: Vec<(usize, &str)> = links.filter_map(|link| Some((place(link)?, link))).collect();
        let mut standing = named.clone();
        standing.sort_by_key(|(place, _)| *place);
        let fields = |all: &[(usize, &str)]| all.iter().map(|(_, link)| *link).collect::<Vec<_>>().join(", ");
        (named != standing).then(|| format!("named {}; on the page {}", fields(&named), fields(&standing)))
    }

    /// A label, a fault and a link of the summary lead to one element: no id stands twice. Read as text: every page is asked.
    fn has_each_id_once(&self, path: &str) {
        let (text, mut seen) = (self.text(), BTreeSet::new());
        for id in ids(&text) {
            assert!(seen.insert(id), "{path} has two elements with the id {id}");
        }
    }

    pub fn is_page(&self) -> bool {
        self.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
    }
}
