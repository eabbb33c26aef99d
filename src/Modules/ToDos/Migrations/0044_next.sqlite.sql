-- What waits, without what is in somebody's hands: that stands before it in the order, and would be read each time.
create index ix_to_do_next_role on to_do (role_id, priority, due_on, id) where state = 'Open' and employee_id is null;
create index ix_to_do_next_employee on to_do (employee_id, priority, due_on, id) where state = 'Open' and employee_id is not null;
