-- recorded_by is Employee:id:name.
alter table contact add column recorded_by_employee_id integer;
update contact set recorded_by_employee_id = cast(substr(recorded_by, length('Employee:') + 1) as integer) where recorded_by like 'Employee:%';
create index ix_contact_recorded_by on contact (recorded_by_employee_id, occurred_at, id) where recorded_by_employee_id is not null;
