create table alert_setting (
    id integer primary key,
    code text not null,
    seed text,
    name text not null,
    active integer not null,
    position integer not null,
    tone text not null,
    conditions text not null,
    customer_class text,
    from_on text not null,
    to_on text,
    version integer not null
);
create unique index ux_alert_setting_seed on alert_setting (seed);
