-- recorded_by is Employee:id:name.
alter table contact add column recorded_by_employee_id bigint;
update contact set recorded_by_employee_id = split_part(recorded_by, ':', 2)::bigint where recorded_by like 'Employee:%';
create index ix_contact_recorded_by on contact (recorded_by_employee_id, occurred_at, id) where recorded_by_employee_id is not null;
