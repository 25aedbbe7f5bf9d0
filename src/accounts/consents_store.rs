//! SQL of what two administrators have to agree on. A row is open; whatever is done, withdrawn or too old goes, and stays
//! in the record.

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    Verb,
    consent::{Consent, ConsentAct, LASTS, Matter, Standing, is_beyond_the_class},
    paths::CONSENTS,
};
use crate::{
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    database::Locked,
    failure::Failure,
    ids::{AccountId, ClassId, CollegeId, ConsentId, InstitutionId},
    inbox::{self, Notice, To},
    office::{Administrator, OfficeKind},
};

/// The administrators who could confirm what another one asks about an account. Whoever could a day ago counts too, so
/// that nobody is alone by having ended the other's office.
pub async fn others(
    connection: &mut PgConnection,
    person: &SignedIn,
    about: Option<AccountId>,
    now: OffsetDateTime,
) -> Result<Vec<AccountId>, Failure> {
    let ids = sqlx::query_scalar!(
        r#"select a.id as "id: AccountId" from account a
           where a.institution_id = $1 and a.id <> $2 and a.id is distinct from $3
                 and (a.disabled_at is null or a.disabled_at > $4)
                 and (exists (select from activated_account e where e.id = a.id)
                      or exists (select from activation v where v.account_id = a.id and v.purpose = 'reset' and v.made_at > $4))
                 and exists (select from office o where o.account_id = a.id and o.kind = 'administrator'
                             and (is_held(o.from_day, o.until_day, o.ended_at, $5) or o.ended_at > $4))
           order by a.number"#,
        person.institution.0,
        person.account.0,
        about.map(|id| id.0),
        now - LASTS,
        now
    );
    Ok(ids.fetch_all(connection).await?)
}

/// Somebody holds an office beyond the class, or will.
pub(super) async fn holds_beyond_the_class(
    connection: &mut PgConnection,
    account: AccountId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let held = sqlx::query_scalar!(
        r#"select exists (select from office o where o.account_id = $1 and o.kind not in ('student', 'class_branch')
                          and o.ended_at is null and (o.until_day is null or o.until_day > china_day($2))) as "held!""#,
        account.0,
        now
    );
    Ok(held.fetch_one(connection).await?)
}

/// How an act stands. What nobody asked yet is asked, the others are told; what was confirmed is used up.
pub(super) async fn stand(
    connection: &mut PgConnection,
    acting: &Acting<Administrator>,
    account: AccountId,
    matter: Matter,
    now: OffsetDateTime,
) -> Result<Standing, Failure> {
    let is_needed = match matter {
        Matter::Office(office) => is_beyond_the_class(office.kind),
        Matter::Password | Matter::Factor => holds_beyond_the_class(connection, account, now).await?,
    };
    if !is_needed {
        return Ok(Standing::Free);
    }
    let institution = lock_institution(connection, acting.institution()).await?;
    clear_expired(connection, now).await?;
    let me = acting.person().account;
    if let Some(consent) = open_about(connection, account, matter, now).await? {
        return match consent.confirmed_by {
            Some(by) if consent.asked_by == me => {
                end(connection, &consent).await?;
                Ok(Standing::Confirmed(by))
            }
            Some(_) | None => Ok(Standing::Asked),
        };
    }
    let others = others(connection, acting.person(), Some(account), now).await?;
    if others.is_empty() {
        tell_of_one(connection, acting.person(), matter.act().label(), now).await?;
        return Ok(Standing::Alone);
    }
    let id = ask(connection, &institution, acting, account, matter, now).await?;
    tell_others(connection, acting, id, &others, now).await?;
    Ok(Standing::Asked)
}

/// Records what was asked, and tells those who could confirm it.
async fn tell_others(
    connection: &mut PgConnection,
    acting: &Acting<Administrator>,
    id: ConsentId,
    others: &[AccountId],
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let institution = acting.institution();
    let consent = find(connection, institution, Some(id), now).await?.into_iter().next().ok_or(Failure::Missing)?;
    let entry = Entry::about(Verb::ConsentAsked, consent.account).detail("事项", consent.says());
    audit::append(connection, acting.person(), entry, now).await?;
    let notice = Notice::new(format!("请确认：{}", consent.subject()), CONSENTS)
        .says(format!("由{}提出，一天内有效。请先向提出的人核实。", consent.asker));
    for other in others {
        inbox::tell(connection, institution, To::Account(*other), &notice, now).await?;
    }
    Ok(())
}

/// How the university's own sign-in server is to be set.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AskedSettings<S> {
    /// In words, for whoever confirms it.
    pub says: String,
    /// As `campus` keeps it, its secret sealed.
    pub server: S,
}

/// Asks the other administrators to confirm how the university's own server is to be set, in the place of what one asked of it
/// before; `false` where nobody else could: then one acts alone, and the School Youth League committee is told.
pub async fn ask_for_settings<S: Serialize + Sync>(
    connection: &mut PgConnection,
    acting: &Acting<Administrator>,
    asked: &AskedSettings<S>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let institution = lock_institution(connection, acting.institution()).await?;
    clear_expired(connection, now).await?;
    let others = others(connection, acting.person(), None, now).await?;
    if others.is_empty() {
        tell_of_one(connection, acting.person(), ConsentAct::Campus.label(), now).await?;
        return Ok(false);
    }
    let (id, me) = (ConsentId::random(), acting.person().account);
    let settings = serde_json::to_value(asked).map_err(anyhow::Error::new)?;
    sqlx::query!("delete from consent where act = 'campus' and asked_by = $1", me.0).execute(&mut *connection).await?;
    sqlx::query!(
        "insert into consent (id, institution_id, account_id, act, settings, asked_by, asked_at, expires_at)
         values ($1, $2, $3, 'campus', $4, $3, $5, $6)",
        id.0,
        institution.0,
        me.0,
        settings,
        now,
        now + LASTS
    )
    .execute(&mut *connection)
    .await?;
    tell_others(connection, acting, id, &others, now).await?;
    Ok(true)
}

/// What one asked and is open.
#[derive(Debug, Clone)]
pub struct OpenSettings {
    pub says: String,
    /// The name of whoever confirmed it.
    pub confirmer: Option<String>,
    pub expires_at: OffsetDateTime,
}

/// What an administrator asked about the university's own server.
pub async fn open_settings(
    connection: &mut PgConnection,
    acting: &Acting<Administrator>,
    now: OffsetDateTime,
) -> Result<Option<OpenSettings>, Failure> {
    let open = find(connection, acting.institution(), None, now).await?;
    let own = open.into_iter().find(|one| one.is_of(acting.person().account) && !one.is_about_somebody());
    Ok(own.map(|one| OpenSettings {
        says: one.settings.unwrap_or_default(),
        confirmer: one.confirmer,
        expires_at: one.expires_at,
    }))
}

/// Takes what one asked about the university's own server and another confirmed, with who did: it is carried out now.
pub async fn take_settings<S: for<'de> Deserialize<'de>>(
    connection: &mut PgConnection,
    acting: &Acting<Administrator>,
    now: OffsetDateTime,
) -> Result<Option<(S, AccountId)>, Failure> {
    let taken = sqlx::query!(
        r#"delete from consent
           where act = 'campus' and asked_by = $1 and institution_id = $2 and confirmed_by is not null and expires_at > $3
           returning settings as "settings!", confirmed_by as "confirmed_by!: AccountId""#,
        acting.person().account.0,
        acting.institution().0,
        now
    );
    let Some(taken) = taken.fetch_optional(connection).await? else { return Ok(None) };
    let asked: AskedSettings<S> = serde_json::from_value(taken.settings).map_err(anyhow::Error::new)?;
    Ok(Some((asked.server, taken.confirmed_by)))
}

/// Two who ask or act at once see each other.
async fn lock_institution(
    connection: &mut PgConnection,
    institution: InstitutionId,
) -> Result<Locked<InstitutionId>, Failure> {
    sqlx::query!("select id from institution where id = $1 for no key update", institution.0)
        .fetch_one(connection)
        .await?;
    Ok(Locked::new(institution))
}

/// The way out where nobody else could confirm: the School Youth League committee hears of it.
pub async fn tell_of_one(
    connection: &mut PgConnection,
    person: &SignedIn,
    what: &str,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let notice = Notice::new(format!("系统管理员{}单独办理了“{what}”", person.name), "/audit")
        .says("这一事项应由两名系统管理员办理；本校没有另一名可以确认的系统管理员，已立即生效。详见操作记录。");
    let league = To::Office { kind: OfficeKind::SchoolLeague, college: None, class: None };
    inbox::tell(connection, person.institution, league, &notice, now).await
}

async fn ask(
    connection: &mut PgConnection,
    institution: &Locked<InstitutionId>,
    acting: &Acting<Administrator>,
    account: AccountId,
    matter: Matter,
    now: OffsetDateTime,
) -> Result<ConsentId, Failure> {
    let (id, office) = (ConsentId::random(), matter.office());
    let (college, class) = place_of(matter);
    sqlx::query!(
        "insert into consent (id, institution_id, account_id, act, kind, college_id, class_id, from_day, until_day,
                              asked_by, asked_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        id.0,
        institution.0,
        account.0,
        matter.act().slug(),
        office.map(|office| office.kind.slug()),
        college.map(|id| id.0),
        class.map(|id| id.0),
        office.map(|office| office.term.from),
        office.and_then(|office| office.term.until),
        acting.person().account.0,
        now,
        now + LASTS
    )
    .execute(connection)
    .await?;
    Ok(id)
}

fn place_of(matter: Matter) -> (Option<CollegeId>, Option<ClassId>) {
    matter.office().map_or((None, None), |office| office.place.ids())
}

/// What is open about an account's matter.
async fn open_about(
    connection: &mut PgConnection,
    account: AccountId,
    matter: Matter,
    now: OffsetDateTime,
) -> Result<Option<Locked<Consent>>, Failure> {
    let (college, class) = place_of(matter);
    let found = sqlx::query!(
        r#"select id as "id: ConsentId", institution_id as "institution: InstitutionId" from consent
           where account_id = $1 and act = $2 and kind is not distinct from $3 and college_id is not distinct from $4
                 and class_id is not distinct from $5
           for update"#,
        account.0,
        matter.act().slug(),
        matter.office().map(|office| office.kind.slug()),
        college.map(|id| id.0),
        class.map(|id| id.0)
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = found else { return Ok(None) };
    Ok(find(connection, row.institution, Some(row.id), now).await?.into_iter().next().map(Locked::new))
}

/// What is open at a university, or the one of an id; the oldest first.
pub(super) async fn find(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: Option<ConsentId>,
    now: OffsetDateTime,
) -> Result<Vec<Consent>, Failure> {
    let rows = sqlx::query!(
        r#"select q.id as "id: ConsentId", q.act, q.account_id as "account: AccountId", a.number, a.name, q.kind,
                  q.college_id as "college: CollegeId", q.class_id as "class: ClassId",
                  coalesce(c.name, k.name) as place, q.from_day, q.until_day,
                  q.settings ->> 'says' as settings, q.asked_by as "asked_by: AccountId",
                  b.name as asker, q.asked_at, q.expires_at, q.confirmed_by as "confirmed_by: AccountId",
                  o.name as "confirmer?"
           from consent q join account a on a.id = q.account_id join account b on b.id = q.asked_by
                left join account o on o.id = q.confirmed_by left join college c on c.id = q.college_id
                left join class k on k.id = q.class_id
           where q.institution_id = $1 and ($2::uuid is null or q.id = $2) and q.expires_at > $3
           order by q.asked_at, q.id"#,
        institution.0,
        id.map(|id| id.0),
        now
    )
    .fetch_all(connection)
    .await?;
    let consents = rows.into_iter().map(|row| {
        Ok(Consent {
            id: row.id,
            act: row.act.parse()?,
            account: row.account,
            number: row.number,
            name: row.name,
            kind: row.kind.map(|kind| kind.parse::<OfficeKind>()).transpose()?,
            college: row.college,
            class: row.class,
            place: row.place,
            from_day: row.from_day,
            until_day: row.until_day,
            settings: row.settings,
            asked_by: row.asked_by,
            asker: row.asker,
            asked_at: row.asked_at,
            expires_at: row.expires_at,
            confirmed_by: row.confirmed_by,
            confirmer: row.confirmer,
        })
    });
    Ok(consents.collect::<anyhow::Result<Vec<_>>>()?)
}

/// Locks what is open under an id.
pub(super) async fn lock(
    connection: &mut PgConnection,
    acting: &Acting<Administrator>,
    id: ConsentId,
    now: OffsetDateTime,
) -> Result<Option<Locked<Consent>>, Failure> {
    sqlx::query!(
        "select id from consent where id = $1 and institution_id = $2 for update",
        id.0,
        acting.institution().0
    )
    .fetch_optional(&mut *connection)
    .await?;
    Ok(find(connection, acting.institution(), Some(id), now).await?.into_iter().next().map(Locked::new))
}

/// Notes who confirmed it; `false` where somebody had.
pub(super) async fn confirm(
    connection: &mut PgConnection,
    consent: &Locked<Consent>,
    acting: &Acting<Administrator>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update consent set confirmed_by = $2, confirmed_at = $3
         where id = $1 and confirmed_by is null and asked_by <> $2 and account_id <> $2 and expires_at > $3",
        consent.id.0,
        acting.person().account.0,
        now
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// It is done, withdrawn or declined.
pub(super) async fn end(connection: &mut PgConnection, consent: &Locked<Consent>) -> Result<(), Failure> {
    sqlx::query!("delete from consent where id = $1", consent.id.0).execute(connection).await?;
    Ok(())
}

/// Whatever is older than a day is open no more.
pub async fn clear_expired(connection: &mut PgConnection, now: OffsetDateTime) -> Result<(), Failure> {
    sqlx::query!("delete from consent where expires_at <= $1", now).execute(connection).await?;
    Ok(())
}
