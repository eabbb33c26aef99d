alter table notice add column words text not null default '';
