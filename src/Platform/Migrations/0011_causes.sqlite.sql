-- What a process was at when it wrote: batch_run:12, event:4711, job:815. Null for what somebody did by hand.
alter table audit_entry add column cause text;
alter table event add column cause text;
