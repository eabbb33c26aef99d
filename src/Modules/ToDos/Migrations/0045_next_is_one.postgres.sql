-- One for people and roles, in an order that no other index has, and with the type, so that who has the skills for it is told from the index alone.
create index ix_to_do_next on to_do (employee_id, role_id, priority, due_on, id, type_code) where state = 'Open';
drop index ix_to_do_next_role;
drop index ix_to_do_next_employee;
