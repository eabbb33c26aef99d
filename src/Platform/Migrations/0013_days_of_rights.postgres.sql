alter table role_permission add column granted_at timestamp with time zone;
alter table user_role add column granted_at timestamp with time zone;
alter table user_role add column from_on date;
alter table user_role add column to_on date;
