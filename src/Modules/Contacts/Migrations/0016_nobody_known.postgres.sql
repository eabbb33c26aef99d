alter table contact_type add column emergency boolean not null default false;
alter table contact_type add column script text;
alter table contact add column place text;
alter table contact add column reporter_name text;
alter table contact add column reporter_phone text;
alter table contact add column same_as_id bigint references contact (id);
create index ix_contact_same_as on contact (same_as_id, id) where same_as_id is not null;
