//! SQL of the board: its members, the lots by which they are drawn, its monitors' keys.

use sqlx::{PgConnection, types::Uuid};
use time::OffsetDateTime;

use super::step;
use crate::{
    database::Locked,
    failure::Failure,
    ids::{AccountId, DepartmentId, InstitutionId, ReviewId, StudentId},
    reviews::review::{DealtShare, Member, MemberKey, Review, Stage},
    rules::review::{Category, SeatedBoard},
    sealing::keys::PublicKey,
};

/// The board of a review: by category, then by number.
pub async fn members(connection: &mut PgConnection, review: ReviewId) -> Result<Vec<Member>, Failure> {
    let rows = sqlx::query!(
        r#"select m.account_id as "account: AccountId", a.student_id as "student: StudentId", a.number, a.name,
                  m.category, m.drawn, m.monitor, m.scorer, m.salt, m.public_key, m.mac, m.proved_at, m.share,
                  m.share_mark,
                  array(select distinct p.department_id from post p
                        where p.student_id = a.student_id and p.union_id = r.union_id and p.voided_at is null
                              and p.department_id is not null and p.from_day < s.until_day
                              and (p.until_day is null or p.until_day > greatest(s.from_day, p.from_day)))
                      as "departments!: Vec<DepartmentId>"
           from review_member m join account a on a.id = m.account_id join review r on r.id = m.review_id
                join semester s on s.id = r.semester_id
           where m.review_id = $1
           order by array_position(array['student', 'affairs', 'league', 'other'], m.category), a.number"#,
        review.0
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let public = row.public_key.as_deref().and_then(PublicKey::from_bytes);
            let key = match (row.salt, public, row.mac) {
                (Some(salt), Some(public), Some(mac)) => Some(MemberKey { salt, public, mac }),
                _ => None,
            };
            Ok(Member {
                account: row.account,
                student: row.student,
                number: row.number,
                name: row.name,
                category: row.category.parse()?,
                drawn: row.drawn,
                monitor: row.monitor,
                scorer: row.scorer,
                key,
                proved_at: row.proved_at,
                share: row.share.zip(row.share_mark).map(|(sealed, mark)| DealtShare { sealed, mark }),
                departments: row.departments,
            })
        })
        .collect()
}

/// Names a member, or changes as what they sit there; `false` where the board is confirmed.
pub async fn name_member(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    account: AccountId,
    category: Category,
    drawn: bool,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into review_member (review_id, account_id, category, drawn, named_at)
         select r.id, $2, $3, $4, $5 from review r where r.id = $1 and r.stage = 'reporting'
         on conflict (review_id, account_id) do update set category = excluded.category",
        review.id.0,
        account.0,
        category.slug(),
        drawn,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

pub async fn remove_member(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    account: AccountId,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "delete from review_member m using review r
         where r.id = m.review_id and r.id = $1 and m.account_id = $2 and r.stage = 'reporting'",
        review.id.0,
        account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// The numbers of a union's delegates of its newest congress who are in office and have an account.
pub async fn delegates(connection: &mut PgConnection, review: &Review) -> Result<Vec<String>, Failure> {
    let rows = sqlx::query_scalar!(
        "select a.number from delegate d join account a on a.student_id = d.student_id
         where d.ended_on is null and d.standing = 'elected' and a.disabled_at is null
               and d.congress_id = (select c.id from congress c where c.union_id = $1 and c.stage <> 'called_off'
                                  order by c.meets_on desc nulls last limit 1)
               and not exists (select from review_person p where p.review_id = $2 and p.student_id = d.student_id)
         order by a.number",
        review.union.id.0,
        review.id.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A lot as it was drawn.
#[derive(Debug)]
pub struct Draw {
    pub seed: String,
    pub seats: i16,
    pub pool: Vec<String>,
    pub drawn: Vec<String>,
    pub drawn_at: OffsetDateTime,
    /// By name.
    pub by: String,
}

pub async fn draws(connection: &mut PgConnection, review: ReviewId) -> Result<Vec<Draw>, Failure> {
    let rows = sqlx::query_as!(
        Draw,
        r#"select d.seed, d.seats, d.pool, d.drawn, d.drawn_at, a.name as by
           from review_draw d join account a on a.id = d.by_account where d.review_id = $1 order by d.ordinal"#,
        review.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A lot to be kept.
#[derive(Debug)]
pub struct NewDraw<'a> {
    pub seed: &'a str,
    pub seats: usize,
    pub pool: &'a [String],
    pub drawn: &'a [String],
}

pub async fn keep_draw(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    draw: &NewDraw<'_>,
    by: AccountId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into review_draw (review_id, ordinal, seed, seats, pool, drawn, drawn_at, by_account)
         select $1, coalesce(max(ordinal), 0) + 1, $2, $3, $4, $5, $6, $7 from review_draw where review_id = $1",
        review.id.0,
        draw.seed,
        i16::try_from(draw.seats).unwrap_or(i16::MAX),
        draw.pool,
        draw.drawn,
        now,
        by.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Confirms a board that the rule has passed, with its monitors.
pub async fn confirm(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    _passed: &SeatedBoard,
    monitors: &[AccountId],
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let monitors: Vec<Uuid> = monitors.iter().map(|id| id.0).collect();
    if review.stage != Stage::Reporting || !step(connection, review, Stage::Confirmed, now).await? {
        return Ok(false);
    }
    sqlx::query!(
        "update review_member set monitor = account_id = any($2) where review_id = $1",
        review.id.0,
        &monitors
    )
    .execute(connection)
    .await?;
    Ok(true)
}

/// Takes a confirmed board back: its monitors' keys go.
pub async fn take_back(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    if review.stage != Stage::Confirmed || !step(connection, review, Stage::Reporting, now).await? {
        return Ok(false);
    }
    forget_keys(connection, review).await?;
    sqlx::query!("update review_member set monitor = false where review_id = $1", review.id.0)
        .execute(connection)
        .await?;
    Ok(true)
}

pub(super) async fn forget_keys(connection: &mut PgConnection, review: &Locked<Review>) -> Result<(), Failure> {
    sqlx::query!(
        "update review_member
         set salt = null, public_key = null, mac = null, proved_at = null, share = null, share_mark = null, scorer = null
         where review_id = $1",
        review.id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The reviews on whose board somebody sits, newest first.
pub async fn boards_of(
    connection: &mut PgConnection,
    institution: InstitutionId,
    account: AccountId,
) -> Result<Vec<ReviewId>, Failure> {
    let rows = sqlx::query_scalar!(
        r#"select r.id as "id: ReviewId" from review_member m join review r on r.id = m.review_id
           where m.account_id = $1 and r.institution_id = $2 and r.stage <> 'reporting' order by r.begun_at desc limit 50"#,
        account.0,
        institution.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Keeps a monitor's key, in the place of an earlier one; `false` where the sitting is opened.
pub async fn keep_key(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    account: AccountId,
    key: &MemberKey,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update review_member m set salt = $3, public_key = $4, mac = $5, proved_at = null
         from review r
         where r.id = m.review_id and r.id = $1 and m.account_id = $2 and m.monitor and r.stage = 'confirmed'",
        review.id.0,
        account.0,
        key.salt,
        key.public.as_bytes(),
        key.mac
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// A monitor has shown that their passphrase works.
pub async fn prove(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    account: AccountId,
    key: &MemberKey,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update review_member m set proved_at = $3
         from review r
         where r.id = m.review_id and r.id = $1 and m.account_id = $2 and m.public_key = $4 and r.stage = 'confirmed'",
        review.id.0,
        account.0,
        now,
        key.public.as_bytes()
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}
