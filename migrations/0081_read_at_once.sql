-- Which offices somebody holds who can sign in is read once for all cases that wait. These asked it of each class by itself: of a
-- thousand classes, whose cases wait for their branches, twelve seconds with each look at the home page.
drop function unstaffed_bodies(jsonb, integer, uuid, text, uuid, uuid, timestamptz);
drop function is_staffed(uuid, text, text, uuid, uuid, timestamptz);

-- What somebody has read is read at once, too, where their unread notices are counted after every act: of 15,000 that an office
-- was sent in three years each was looked for by itself.
create index notice_read_by on notice_read (account_id, notice_id);
