-- Which answers were wrong, also of a caller whose other answers were enough.
alter table caller_try add column wrong text not null default '';
alter table caller_try add column convinced integer not null default 0;
