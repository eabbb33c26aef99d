create index ix_reminder_open on reminder (trigger_on, id) where resolved_at is null;
create index ix_reminder_employee on reminder (employee_id, trigger_on, id) where resolved_at is null;
create index ix_reminder_role on reminder (role_id, trigger_on, id) where resolved_at is null;
