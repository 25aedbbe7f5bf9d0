//! Results of congresses, for stories in which somebody comes to a presidium after 启用.

use time::Date;

use super::{Client, Page, Portal};

/// A congress of the union at `path` whose by-election those students won; approved on `day`.
pub async fn elect(portal: &Portal, path: &str, numbers: &[u32], day: Date) {
    let union = path.rsplit('/').next().unwrap();
    let numbers: Vec<String> = numbers.iter().map(|number| format!("2024{number:04}")).collect();
    sqlx::query(
        "with held as (
             insert into congress (id, institution_id, union_id, academic_year, ordinal, of_all, stage, counted_on, meets_on,
                                   held_on, created_at, created_by)
             select gen_random_uuid(), u.institution_id, u.id, 2026, left(gen_random_uuid()::text, 8), true, 'closed', $3, $3, $3,
                    story_now(), (select id from account a where a.institution_id = u.institution_id limit 1)
             from student_union u where u.id = $1::uuid
             returning id, institution_id, created_by
         ), result as (
             insert into congress_result (congress_id, purpose, stage, elected_on, report, taken_at, taken_by, announced_on,
                                          announced_by, approved_on, approved_by, approval_number, file_within, file_by)
             select id, 'by_election', 'approved', $3, '选举结果报告单', story_now(), created_by, $3, '大会执行主席', $3, '党委',
                    '校党〔2026〕9号', 10, $3 + 14
             from held
             returning congress_id
         )
         insert into congress_elected (congress_id, place, student_id)
         select result.congress_id, row_number() over (order by s.number), s.id
         from result, held, student s where s.institution_id = held.institution_id and s.number = any($2)",
    )
    .bind(union)
    .bind(&numbers)
    .bind(day)
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
}

/// A congress of the union at `path` that was held on `day`; gives its path.
pub async fn held(portal: &Portal, path: &str, day: Date) -> String {
    let union = path.rsplit('/').next().unwrap();
    let (id,): (String,) = sqlx::query_as(
        "insert into congress (id, institution_id, union_id, academic_year, ordinal, of_all, stage, counted_on, meets_on,
                               held_on, created_at, created_by)
         select gen_random_uuid(), u.institution_id, u.id, 2026, '第三次', true, 'held', $2, $2, $2, story_now(),
                (select id from account a where a.institution_id = u.institution_id limit 1)
         from student_union u where u.id = $1::uuid
         returning id::text",
    )
    .bind(union)
    .bind(day)
    .fetch_one(&mut portal.owner().await)
    .await
    .unwrap();
    format!("/congresses/{id}")
}

/// Sends a form with a scan, where there is one.
pub async fn send_scan(client: &mut Client, path: &str, fields: &[(&str, &str)], scan: Option<&[u8]>) -> Page {
    let mut body = Vec::new();
    let mut part = |head: &str, bytes: &[u8]| {
        body.extend_from_slice(format!("--XyX\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    };
    for (name, value) in fields {
        part(&format!("name=\"{name}\""), value.as_bytes());
    }
    if let Some(bytes) = scan {
        part("name=\"scan\"; filename=\"扫描件.pdf\"", bytes);
    }
    body.extend_from_slice(b"--XyX--\r\n");
    let headers = [("content-type", "multipart/form-data; boundary=XyX"), ("sec-fetch-site", "same-origin")];
    client.send("POST", path, &headers, body).await
}
