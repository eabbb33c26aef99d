alter table role_permission add column granted_at text;
alter table user_role add column granted_at text;
alter table user_role add column from_on text;
alter table user_role add column to_on text;
