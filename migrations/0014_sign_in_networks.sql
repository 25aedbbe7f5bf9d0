-- Attempts from browsers that have not signed in with a number before are counted with their network: a stranger elsewhere
-- cannot keep the owner out. From many networks on they are counted together, at the empty device, as before.
alter table sign_in_attempt add column by_network boolean not null default false;
