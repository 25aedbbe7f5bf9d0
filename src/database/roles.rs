//! The roles in which the portal works. Pages read in one that may not write; the portal that serves is no superuser of
//! its own database.

use anyhow::{Context, Result};
use sqlx::{Connection as _, PgConnection, raw_sql};

/// In which pages read: it may select, and nothing else.
pub(super) const READER: &str = "lunzhi_reader";

/// Makes the embedded database's roles, and what stands in it the portal's. The superuser stays for PostgreSQL's own
/// programs; a folder from before the roles has everything in the superuser's name.
const SETTLE: &str = "do $$
declare
    change text;
begin
    if not exists (select from pg_roles where rolname = 'lunzhi') then
        create role lunzhi login;
    end if;
    if not exists (select from pg_roles where rolname = 'lunzhi_reader') then
        create role lunzhi_reader nologin;
    end if;
    if not pg_has_role('lunzhi', 'lunzhi_reader', 'member') then
        grant lunzhi_reader to lunzhi;
    end if;
    if exists (select from pg_database where datname = current_database() and datdba <> 'lunzhi'::regrole) then
        execute format('alter database %I owner to lunzhi', current_database());
        alter schema public owner to lunzhi;
    end if;
    for change in
        select format('alter table %s owner to lunzhi', c.oid::regclass) from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
              and c.relowner <> 'lunzhi'::regrole
        union all
        select format('alter routine %s owner to lunzhi', p.oid::regprocedure) from pg_proc p
        where p.pronamespace = 'public'::regnamespace and p.proowner <> 'lunzhi'::regrole
              and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid
                              and d.deptype = 'e')
        union all
        select format('alter type %s owner to lunzhi', t.oid::regtype) from pg_type t
        where t.typnamespace = 'public'::regnamespace and t.typowner <> 'lunzhi'::regrole
              -- A table's own type goes with the table.
              and (t.typtype in ('d', 'e')
                   or exists (select from pg_class c where c.oid = t.typrelid and c.relkind = 'c'))
              and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid
                              and d.deptype = 'e')
    loop
        execute change;
    end loop;
end $$";

/// Makes the role of the readers where it is missing, and lets whoever serves take it. Beside another portal that does the
/// same at the same moment one of them finds it made.
const MAKE_READER: &str = "do $$
begin
    if not exists (select from pg_roles where rolname = 'lunzhi_reader') then
        begin
            create role lunzhi_reader nologin;
        exception when duplicate_object or unique_violation then null;
        end;
    end if;
    begin
        perform set_config('role', 'lunzhi_reader', true);
        perform set_config('role', 'none', true);
    exception when insufficient_privilege then
        grant lunzhi_reader to current_user;
    end;
end $$";

/// Whatever migrations have made since is shown to the readers too.
const SHOW: &str = "do $$
begin
    if exists (select from pg_class c where c.relnamespace = 'public'::regnamespace
               and c.relkind in ('r', 'p', 'v', 'm') and not has_table_privilege('lunzhi_reader', c.oid, 'select')) then
        grant usage on schema public to lunzhi_reader;
        grant select on all tables in schema public to lunzhi_reader;
    end if;
end $$";

/// Settles who owns the embedded database; `superuser` is its superuser's address.
pub(super) async fn settle(superuser: &str) -> Result<()> {
    let mut db = PgConnection::connect(superuser).await.context("connect to the embedded database")?;
    raw_sql(SETTLE).execute(&mut db).await.context("settle the roles of the embedded database")?;
    Ok(db.close().await?)
}

/// Lets the readers of a migrated database in.
pub(super) async fn let_readers_in(connection: &mut PgConnection) -> Result<()> {
    raw_sql(MAKE_READER).execute(&mut *connection).await.context(
        "the role in which pages read cannot be made: let the database's administrator run \
         `create role lunzhi_reader nologin; grant lunzhi_reader to` the role of DATABASE_URL",
    )?;
    raw_sql(SHOW).execute(connection).await.context("let lunzhi_reader read the tables")?;
    Ok(())
}
