-- Who issues a round's public notice, in the words of the seal, and where objections go besides the system. Empty until
-- the office fills them in.
alter table vetting_round
    add notice_by text not null default '' check (length(notice_by) <= 60),
    add notice_contact text not null default '' check (length(notice_contact) <= 200);
