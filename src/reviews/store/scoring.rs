//! SQL of the sitting: opening it, sealed sheets and those on paper, closing, and what the count writes.

use sqlx::{PgConnection, types::Uuid};
use time::OffsetDateTime;

use super::{board::forget_keys, objections_until};
use crate::{
    database::Locked,
    failure::Failure,
    ids::{AccountId, ReviewId},
    reviews::{
        review::{DealtShare, Review, SittingKey, Stage},
        sheet::Sheet,
    },
    rules::review::{Grade, SeatedBoard, Tally},
    sealing::keys::SheetPlace,
};

/// What the opening of a sitting sets.
#[derive(Debug)]
pub struct Opening {
    /// None where the board writes on paper.
    pub key: Option<SittingKey>,
    /// Who came, in the order of their places.
    pub present: Vec<AccountId>,
    /// The monitors' shares.
    pub shares: Vec<(AccountId, DealtShare)>,
    /// Who is scored.
    pub persons: Vec<i16>,
}

/// Opens a sitting whose board the rule has passed.
pub async fn open(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    _passed: &SeatedBoard,
    opening: &Opening,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update review set stage = 'scoring', opened_at = $2, public_key = $3, seal = $4, on_paper = $5
         where id = $1 and stage = 'confirmed'",
        review.id.0,
        now,
        opening.key.as_ref().map(|key| key.public.as_bytes()),
        opening.key.as_ref().map(|key| key.seal.as_slice()),
        opening.key.is_none()
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let present: Vec<Uuid> = opening.present.iter().map(|id| id.0).collect();
    sqlx::query!(
        "update review_member m set scorer = t.place::smallint
         from unnest($2::uuid[]) with ordinality as t(account, place) where m.review_id = $1 and m.account_id = t.account",
        review.id.0,
        &present
    )
    .execute(&mut *connection)
    .await?;
    for (account, share) in &opening.shares {
        sqlx::query!(
            "update review_member set share = $3, share_mark = $4 where review_id = $1 and account_id = $2",
            review.id.0,
            account.0,
            share.sealed,
            share.mark
        )
        .execute(&mut *connection)
        .await?;
    }
    sqlx::query!(
        "update review_person set scored = place = any($2) where review_id = $1",
        review.id.0,
        &opening.persons
    )
    .execute(connection)
    .await?;
    Ok(true)
}

/// Takes a sealed sheet, in the place of an earlier one; `false` where the sitting takes none, or the two are not in it.
pub async fn take_sheet(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    place: SheetPlace,
    sealed: &[u8],
    mac: &[u8],
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into review_sheet (review_id, scorer, person, sealed, mac)
         select r.id, m.scorer, p.place, $4, $5
         from review r join review_member m on m.review_id = r.id join review_person p on p.review_id = r.id
         where r.id = $1 and r.stage = 'scoring' and m.scorer = $2 and p.place = $3 and p.scored
         on conflict (review_id, scorer, person) do update set sealed = excluded.sealed, mac = excluded.mac",
        review.id.0,
        place.scorer,
        place.person,
        sealed,
        mac
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// The persons whom a scorer has scored so far.
pub async fn scored_by(connection: &mut PgConnection, review: ReviewId, scorer: i16) -> Result<Vec<i16>, Failure> {
    let rows = sqlx::query_scalar!(
        "select person from review_sheet where review_id = $1 and scorer = $2 order by person",
        review.0,
        scorer
    );
    Ok(rows.fetch_all(connection).await?)
}

/// How many sheets have come, sealed or typed in: each on one person. By whom is not asked for: it would be told before the
/// closing.
pub async fn sheet_count(connection: &mut PgConnection, review: ReviewId) -> Result<i64, Failure> {
    let count = sqlx::query_scalar!(
        r#"select (select count(*) from review_sheet where review_id = $1)
                  + (select count(*) from review_paper where review_id = $1) as "count!""#,
        review.0
    );
    Ok(count.fetch_one(connection).await?)
}

/// Closes a sitting: no sheet is taken after this is written.
pub async fn close(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update review set stage = 'closed', closed_at = $2,
                sheets = (select count(*) from review_sheet where review_id = $1)
                         + (select count(*) from review_paper where review_id = $1)
         where id = $1 and stage = 'scoring'",
        review.id.0,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Voids a sitting: its sheets are destroyed unread, its key and its monitors' are forgotten.
pub async fn void(connection: &mut PgConnection, review: &Locked<Review>) -> Result<bool, Failure> {
    if !matches!(review.stage, Stage::Scoring | Stage::Closed) {
        return Ok(false);
    }
    sqlx::query!("delete from review_sheet where review_id = $1", review.id.0).execute(&mut *connection).await?;
    sqlx::query!("delete from review_paper where review_id = $1", review.id.0).execute(&mut *connection).await?;
    let done = sqlx::query!(
        "update review set opened_at = null, public_key = null, seal = null, on_paper = false, typists = '{}',
                closed_at = null, sheets = null, stage = 'confirmed'
         where id = $1 and stage = $2",
        review.id.0,
        review.stage.slug()
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("update review_person set scored = false where review_id = $1", review.id.0)
        .execute(&mut *connection)
        .await?;
    forget_keys(connection, review).await?;
    Ok(done.rows_affected() == 1)
}

/// What a sheet on paper says of one person, as it was typed in.
#[derive(Debug)]
pub struct PaperSheet {
    /// From 1, in the order in which they are typed in.
    pub number: i16,
    pub person: i16,
    pub sheet: Sheet,
}

pub async fn paper_sheets(connection: &mut PgConnection, review: ReviewId) -> Result<Vec<PaperSheet>, Failure> {
    let rows = sqlx::query!(
        "select sheet, person, scores, says from review_paper where review_id = $1 order by sheet, person",
        review.0
    );
    let rows = rows.fetch_all(connection).await?.into_iter().map(|row| PaperSheet {
        number: row.sheet,
        person: row.person,
        sheet: Sheet { scores: row.scores.iter().map(|score| super::number(*score)).collect(), comment: row.says },
    });
    Ok(rows.collect())
}

/// Whoever typed in a sheet on paper or took one out.
pub async fn typists(connection: &mut PgConnection, review: ReviewId) -> Result<Vec<AccountId>, Failure> {
    let accounts =
        sqlx::query_scalar!(r#"select unnest(typists) as "account!: AccountId" from review where id = $1"#, review.0);
    Ok(accounts.fetch_all(connection).await?)
}

/// Types in a sheet on paper, in the place of what was typed in under its number; `false` where none is taken, or somebody on
/// it is not scored.
pub async fn keep_paper(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    number: i16,
    said: &[(i16, Sheet)],
    by: AccountId,
) -> Result<bool, Failure> {
    if !review.on_paper || review.stage != Stage::Scoring {
        return Ok(false);
    }
    let taken_out = sqlx::query!("delete from review_paper where review_id = $1 and sheet = $2", review.id.0, number)
        .execute(&mut *connection)
        .await?
        .rows_affected();
    if taken_out > 0 || !said.is_empty() {
        sqlx::query!(
            "update review set typists = array_append(typists, $2) where id = $1 and $2 <> all (typists)",
            review.id.0,
            by.0
        )
        .execute(&mut *connection)
        .await?;
    }
    for (person, sheet) in said {
        let scores: Vec<i32> = sheet.scores.iter().map(|score| super::kept(*score)).collect();
        let done = sqlx::query!(
            "insert into review_paper (review_id, sheet, person, scores, says)
             select p.review_id, $2, p.place, $4, $5 from review_person p
             where p.review_id = $1 and p.place = $3 and p.scored",
            review.id.0,
            number,
            person,
            &scores,
            sheet.comment
        );
        if done.execute(&mut *connection).await?.rows_affected() == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Sheets on paper that were not typed in as they are written are typed in again.
pub async fn type_again(connection: &mut PgConnection, review: &Locked<Review>) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update review set stage = 'scoring', closed_at = null, sheets = null
         where id = $1 and stage = 'closed' and on_paper",
        review.id.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// A sheet in its seal.
#[derive(Debug)]
pub struct SealedSheet {
    pub scorer: i16,
    pub person: i16,
    pub sealed: Vec<u8>,
    pub mac: Vec<u8>,
}

pub async fn sheets(connection: &mut PgConnection, review: ReviewId) -> Result<Vec<SealedSheet>, Failure> {
    let rows = sqlx::query_as!(
        SealedSheet,
        "select scorer, person, sealed, mac from review_sheet where review_id = $1 order by scorer, person",
        review.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The scores of one sheet, without who gave them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenMark {
    pub person: i16,
    /// `student` or `other`; none where a group is too small to be kept.
    pub category: Option<&'static str>,
    pub scores: Vec<i32>,
}

/// A comment, without the scores that came with it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenComment {
    pub person: i16,
    pub says: String,
}

/// What somebody's sheets came to.
#[derive(Debug)]
pub struct PersonResult {
    pub person: i16,
    pub tally: Tally,
    pub grade: Grade,
}

/// What a count leaves.
#[derive(Debug)]
pub struct Counted {
    /// Sheets that were opened.
    pub sheets: i32,
    pub marks: Vec<OpenMark>,
    pub comments: Vec<OpenComment>,
    pub results: Vec<PersonResult>,
}

/// Writes what a count leaves, each list in its own order, and destroys the sheets with everything that could open them.
/// `false` where the sitting or its sheets have changed meanwhile: then nothing is to be kept.
pub async fn keep_count(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    mut counted: Counted,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    counted.marks.sort();
    counted.comments.sort();
    let gone = sqlx::query_scalar!(
        r#"with sealed as (delete from review_sheet where review_id = $1 returning 1),
                written as (delete from review_paper where review_id = $1 returning 1)
           select (select count(*) from sealed) + (select count(*) from written) as "gone!""#,
        review.id.0
    )
    .fetch_one(&mut *connection)
    .await?;
    let until = objections_until(review, now.date());
    let done = sqlx::query!(
        "update review set stage = 'counted', counted_at = $2, object_until = $3, typists = '{}'
         where id = $1 and stage = 'closed' and sheets = $4",
        review.id.0,
        now,
        until,
        counted.sheets
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 || i32::try_from(gone) != Ok(counted.sheets) {
        return Ok(false);
    }
    let (mut person, mut last) = (0, 0);
    for mark in &counted.marks {
        (last, person) = (if mark.person == person { last + 1 } else { 1 }, mark.person);
        sqlx::query!(
            "insert into review_mark (review_id, person, number, category, scores) values ($1, $2, $3, $4, $5)",
            review.id.0,
            person,
            last,
            mark.category,
            &mark.scores
        )
        .execute(&mut *connection)
        .await?;
    }
    (person, last) = (0, 0);
    for comment in &counted.comments {
        (last, person) = (if comment.person == person { last + 1 } else { 1 }, comment.person);
        sqlx::query!(
            "insert into review_comment (review_id, person, number, says) values ($1, $2, $3, $4)",
            review.id.0,
            person,
            last,
            comment.says
        )
        .execute(&mut *connection)
        .await?;
    }
    for PersonResult { person, tally, grade } in &counted.results {
        let aspects: Vec<i32> = tally.aspects.iter().map(|mean| super::kept(*mean)).collect();
        let bands: Vec<i32> = tally.bands.iter().map(|number| super::kept(*number)).collect();
        sqlx::query!(
            "insert into review_result (review_id, person, sheets, score, grade, aspects, bands, trimmed)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            review.id.0,
            person,
            super::kept(tally.sheets),
            super::kept(tally.score),
            grade.slug(),
            &aspects,
            &bands,
            tally.trimmed
        )
        .execute(&mut *connection)
        .await?;
    }
    sqlx::query!(
        "update review_member set salt = null, public_key = null, mac = null, proved_at = null, share = null,
                share_mark = null
         where review_id = $1",
        review.id.0
    )
    .execute(connection)
    .await?;
    Ok(true)
}
