using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Security;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Platform.Batch;

/// <summary>REF-CHECK: each rule is broken by SQL, as nobody could by a use, is found, and found to be mended.</summary>
public class ReferenceTests
{
    private const string Nobody = "999999999999";

    private static readonly CancellationToken Ct = CancellationToken.None;

    private static readonly Case[] Cases =
    [
        Case.Of("FILE-CONTENT", "file", "id = (select min(id) from file)", "length = length + 1", "'file:' || id"),
        Case.Of("SCHEDULE-CONTROL", "batch_schedule", "code = 'RETENTION'", "code = 'NOWHERE'", "'batch_schedule:' || id"),
        Case.Of("SCHEDULE-TIMER", "job", "id = (select min(id) from job where kind = 'batch.schedule' and state = 'Waiting')", "unique_key = 'lost'",
            "(select 'batch_schedule:' || s.id from batch_schedule s where job.unique_key like s.id || ' %')"),
        Case.Row("FIRE-RUN", "batch_fire", "schedule_id, fire_at, at, outcome, run_id", $"select id, next_at, next_at, 'Submitted', {Nobody} from batch_schedule where code = 'RETENTION'", "'batch_schedule:' || schedule_id"),
        Case.Of("RUN-WHOLE", "batch_chunk", "id = (select min(id) from batch_chunk where state = 'Done')", "state = 'Waiting'", "'batch_run:' || run_id"),
        Case.Of("RUN-ERRORS", "batch_chunk", "id = (select min(id) from batch_chunk where state = 'Done')", "errors = errors + 1", "'batch_run:' || run_id"),
        Case.Row("RULE-VERSION", "rule", "point, code, name, position, active, says, version", "select 'todo.created', 'LOST', 'Lost', 1, false, 3, 0", "'rule:' || id"),

        Case.Of("DEPARTMENT-LOOP", "department", "id = (select max(id) from department where parent_id is not null)", "parent_id = id", "'department:' || id"),
        Case.Of("ABSENCE-DAYS", "absence", "id = (select min(id) from absence where cancelled_at is null)", "to_on = '1999-01-01'", "'absence:' || id"),
        Case.Of("USER-EMPLOYEE", "user_account", "id = (select min(id) from user_account where employee_id is not null)", $"employee_id = {Nobody}", "'user_account:' || id"),

        Case.Of("PERSON-MAIN-NAME", "person_name", "id = (select min(id) from person_name where kind = 'Main')", "kind = 'Former'", "'person:' || person_id"),
        Case.Of("PERSON-PRIMARY", "person_phone",
            "id = (select min(a.id) from person_phone a where not a.is_primary and exists (select 1 from person_phone b where b.person_id = a.person_id and b.is_primary))", "is_primary = true", "'person:' || person_id"),
        Case.Of("PERSON-MERGED-ONCE", "person", $"id in ({Nth("person", 0)}, {Nth("person", 1)})", $"merged_into_id = (select min(s.id) from person s where s.id > person.id)", $"'person:' || {Nth("person", 0)}"),
        Case.Of("PERSON-MERGE", "person", $"id = {Nth("person", 0)}", $"merged_into_id = {Nth("person", 1)}", "'person:' || id"),
        Case.Of("PREMISE-MERGED-ONCE", "premise", $"id in ({Nth("premise", 0)}, {Nth("premise", 1)})", $"merged_into_id = (select min(s.id) from premise s where s.id > premise.id)", $"'premise:' || {Nth("premise", 0)}"),
        Case.Of("PREMISE-MERGE", "premise", $"id = {Nth("premise", 0)}", $"merged_into_id = {Nth("premise", 1)}", "'premise:' || id"),
        Case.Of("PERSON-DAYS", "person_address", "id = (select min(id) from person_address)", "from_on = '2020-01-02', to_on = '2020-01-01', every_year = false", "'person:' || person_id"),
        Case.Of("ACCOUNT-MAIN", "account_person", "id = (select min(id) from account_person where role = 'Main' and to_on is null)", "role = 'CoHolder'", "'account:' || account_id"),
        Case.Of("ACCOUNT-RESPONSIBLE", "account_person", "account_id = (select min(account_id) from account_person)", "financially_responsible = false", "'account:' || account_id"),
        Case.Of("ACCOUNT-CLOSED", "account", "id = (select min(id) from account where status = 'Active')", "closed_on = '2020-01-01'", "'account:' || id"),
        Case.Of("ACCOUNT-MERGED", "person", $"id = (select min(person_id) from ({Once("account_person", "person_id", "to_on is null")}) once)", $"merged_into_id = {Nth("person", 0)}",
            "(select 'account:' || p.account_id from account_person p where p.person_id = person.id and p.to_on is null)"),
        Case.Of("AGREEMENT-DAYS", "service_agreement", "id = (select min(id) from service_agreement where state = 'Active')", "stop_on = '1990-01-01'", "'account:' || account_id"),
        Case.Of("AGREEMENT-ONE", "service_agreement", "id = (select max(id) from service_agreement where state = 'Active')",
            "premise_id = (select s.premise_id from service_agreement s where s.state = 'Active' order by s.id limit 1), type = (select s.type from service_agreement s where s.state = 'Active' order by s.id limit 1)",
            "(select 'premise:' || s.premise_id from service_agreement s where s.state = 'Active' order by s.id limit 1)"),
        Case.Of("AGREEMENT-MERGED", "premise", $"id = (select min(premise_id) from ({Once("service_agreement", "premise_id", "1 = 1")}) once)", $"merged_into_id = {Nth("premise", 0)}",
            "(select 'account:' || s.account_id from service_agreement s where s.premise_id = premise.id)"),
        Case.Row("NOTE-SUBJECT", "note", "subject, body, audience, author, created_at, version", $"select 'person:{Nobody}', 'Who?', 'Everyone', 'Process:0:test', created_at, 0 from person where id = {Nth("person", 0)}", "'note:' || id"),
        Case.Of("TIMELINE-OF", "timeline_entry", "id = (select min(id) from timeline_entry)", $"account_id = {Nobody}", "about"),
        Case.Of("AUTHORISATION-DAYS", "authorisation", "id = (select min(id) from authorisation)", "to_on = '1990-01-01'", "'authorisation:' || id"),
        Case.Of("WARNING-OF", "warning", "id = (select min(id) from warning)", "person_id = null, premise_id = null", "'warning:' || id"),
        Case.Row("PAIR-RECORDS", "duplicate_pair", "kind, a_id, b_id, score, reasons, facts, found_at, state, version", $"select 'Person', id, {Nobody}, 1, '', '', created_at, 'Open', 0 from person where id = {Nth("person", 0)}", "'duplicate_pair:' || id"),
        Case.Of("RELATIONSHIP-EMPLOYEE", "relationship", "id = (select min(id) from relationship)", $"employee_id = {Nobody}", "'person:' || person_id"),
        Case.Of("FILE-OF-AUTHORISATION", "file", "id = (select min(id) from file)", $"attached_to = 'authorisation:{Nobody}'", "'file:' || id"),

        Case.Of("TODO-TYPE", "to_do", "id = (select min(id) from to_do)", "type_code = 'NOPE'", "'to_do:' || id"),
        Case.Of("TODO-COMPLETED", "to_do_log", $"id = (select min(l.id) from to_do_log l join ({Once("to_do_log", "to_do_id", "action = 'completed'")}) once on once.to_do_id = l.to_do_id where l.action = 'completed')", "action = 'forgotten'", "'to_do:' || to_do_id"),
        Case.Of("TODO-HANDS", "to_do", "id = (select min(id) from to_do where state = 'Open')", "hold_until = '2030-01-01'", "'to_do:' || id"),
        Case.Of("TODO-ADDRESS", "to_do", "id = (select min(id) from to_do)", "employee_id = null, role_id = null", "'to_do:' || id"),
        Case.Of("TODO-ABOUT", "to_do", "id = (select min(id) from to_do)", $"person_id = {Nobody}", "'to_do:' || id"),
        Case.Of("TODO-RULE", "to_do", "id = (select min(id) from to_do)", $"rule_version_id = {Nobody}", "'to_do:' || id"),
        Case.Row("BULK-COUNTS", "to_do_bulk", "action, without_skill, total, done, refused, asked_by, created_at, finished_at, version", $"select 'Complete', false, 3, 1, 1, 'Process:0:test', created_at, created_at, 0 from person where id = {Nth("person", 0)}", "'to_do_bulk:' || id"),

        Case.Of("CONTACT-LOG", "contact_log", $"id = (select min(l.id) from contact_log l join ({Once("contact_log", "contact_id", "1 = 1")}) once on once.contact_id = l.contact_id)", "contact_id = (select max(c.id) from contact c)", "'contact:' || contact_id"),
        Case.Of("CONTACT-PROMISED", "contact", "id = (select min(id) from contact where status = 'Closed')", "open_until_kept = true", "'contact:' || id"),
        Case.Of("CONTACT-MERGED", "person", $"id = (select min(person_id) from ({Once("contact", "person_id", "person_id is not null")}) once)", $"merged_into_id = {Nth("person", 0)}", "(select 'contact:' || c.id from contact c where c.person_id = person.id)"),
        Case.Of("CONTACT-FIRST-REPORT", "contact", "id = (select min(id) from contact)", "same_as_id = id", "'contact:' || id"),
        Case.Of("PROMISE-TODO", "to_do", "id = (select min(t.id) from to_do t join reminder m on t.cause = 'reminder:' || m.id where m.state = 'Due' and t.state <> 'Complete')", "cause = null", "(select 'contact:' || m.contact_id from reminder m where to_do.cause = 'reminder:' || m.id)"),
        Case.Of("PROMISE-OVER", "reminder", "id = (select min(id) from reminder where state = 'Resolved')", "resolved_at = null", "'contact:' || contact_id"),
        Case.Of("PROMISE-LOG", "reminder", "id = (select min(id) from reminder)", "log_id = (select min(l.id) from contact_log l where l.contact_id <> reminder.contact_id)", "'contact:' || contact_id"),
        Case.Of("CONVERSATION-STATE", "interaction", "id = (select min(id) from interaction where state = 'Ended')", "ended_at = null", "'interaction:' || id"),
        Case.Of("CONVERSATION-TIME", "interaction", "id = (select min(id) from interaction)", "handled_seconds = handled_seconds + 1", "'interaction:' || id"),
        Case.Of("CONVERSATION-EMPLOYEE", "interaction", "id = (select min(id) from interaction where state = 'Ended')", $"employee_id = {Nobody}", "'interaction:' || id"),
        Case.Of("TODO-CONTACT", "to_do", "id = (select min(id) from to_do)", $"contact_id = {Nobody}", "'to_do:' || id"),
        Case.Of("FILE-OF-CONTACT", "file", "id = (select min(id) from file)", $"attached_to = 'contact:{Nobody}'", "'file:' || id"),

        Case.Of("DOCUMENT-CONTACT", "incoming_document", "id = (select min(id) from incoming_document where state <> 'Indexed')", $"contact_id = {Nobody}", "'incoming_document:' || id"),
        Case.Of("DOCUMENT-FILE", "incoming_document", "id = (select min(id) from incoming_document)", "sha256 = 'another'", "'incoming_document:' || id"),

        Case.Of("DUTY-EMPLOYEE", "on_call_duty", "id = (select min(id) from on_call_duty)", $"employee_id = {Nobody}", "'on_call_duty:' || id"),
        Case.Of("DUTY-ONE", "on_call_duty", "id = (select max(o.id) from on_call_duty o where exists (select 1 from on_call_duty f where f.level = o.level and f.id < o.id))",
            """
            from_at = (select f.from_at from on_call_duty f where f.level = on_call_duty.level and f.id < on_call_duty.id order by f.id limit 1),
            to_at = (select f.to_at from on_call_duty f where f.level = on_call_duty.level and f.id < on_call_duty.id order by f.id limit 1)
            """, "'on_call_duty:' || id"),
        Case.Row("NOTICE-CALLED", "notice", "cause, subject, text, severity, raised_at, level, employee_id, turn, addressed_at, settled_at, version", $"select 'job:1', 'job:1', 'Lost', 'Warning', created_at, 1, {Nobody}, 1, created_at, created_at, 0 from person where id = {Nth("person", 0)}", "'notice:' || id"),
    ];

    [Theory, BothDatabases]
    public async Task Every_rule_finds_what_breaks_it_and_later_that_it_is_mended(TestDatabase on)
    {
        await using var house = await Town(on);
        // A conversation, for a town in which nobody has called yet.
        await Sql(house, """
            insert into interaction (id, reference, channel, direction, employee_id, employee, state, started_at, since_at, handled_seconds, ended_at, has_drafts, version)
            select 900000000, 'I-1', 'Phone', 'Inbound', (select min(id) from employee), 'Ana', 'Ended', created_at, created_at, 60, created_at, false, 0 from person order by id limit 1;
            insert into interaction_span (id, interaction_id, employee_id, from_at, to_at, seconds)
            select 900000001, id, employee_id, started_at, ended_at, 60 from interaction where id = 900000000
            """);
        Assert.Equal("Completed", (await Check(house)).State);
        foreach (var one in Cases)
        {
            var about = await one.Break(house);
            var found = await Check(house, one.Code);
            var told = await Open(house);
            Assert.True(told is [var error] && error.About.ToString() == about && found.State == "CompletedWithErrors", $"{one.Code}: {about} was broken, and {found.State} found {string.Join("; ", told.Select(e => $"{e.About} {e.Message}"))}");
            Assert.StartsWith($"It breaks {one.Code}: ", told[0].Message, StringComparison.Ordinal);
            Assert.Equal(1, await Count(house, $"select count(*) from to_do where type_code = 'BATCH-ERROR' and state = 'Open' and cause = 'batch_error:{told[0].Id}'"));
            await one.Mend(house);
            Assert.Equal("Completed", (await Check(house, one.Code)) is var mended ? mended.State : one.Code);
            Assert.Empty(await Open(house));
            Assert.Equal(1, await Count(house, $"select count(*) from to_do where type_code = 'BATCH-ERROR' and state = 'Complete' and cause = 'batch_error:{told[0].Id}'"));
        }
        // Nothing is left of it.
        Assert.Equal("Completed", (await Check(house)).State);
    }

    [Theory, BothDatabases]
    public async Task The_demonstration_breaks_none_neither_new_nor_after_its_nights(TestDatabase on)
    {
        await using var house = await Town(on);
        await Breaks_none();
        for (var night = 1; night <= 2; night++)
        {
            await using var scope = house.As(Roles.Operator);
            Assert.True((await scope.Get<Tieline.Platform.Demo.Night.AdvanceDemo>().Handle(new(night), Ct)).Ok);
            await house.RunJobs();
            await Breaks_none();
        }

        async Task Breaks_none()
        {
            var run = await Check(house);
            Assert.Equal("", string.Join("\n", (await Open(house)).Select(e => $"{e.Code} {e.About} {e.Message}")));
            Assert.Equal(("Completed", run.Selected, 0L, 0L), (run.State, (long?)run.Done, run.Skipped, run.Errors));
            Assert.True(run.Done > 10_000, $"{run.Done}");
        }
    }

    [Theory, BothDatabases]
    public async Task Many_are_told_once_each_by_however_many_threads_and_one_rule_does_not_resolve_what_another_found(TestDatabase on)
    {
        await using var house = await Town(on);
        // As many as no slice tells at once.
        var lines = Math.Min(170, (int)await Count(house, "select count(*) from timeline_entry"));
        Assert.True(lines > BatchStep.MostInError * 2, $"{lines}");
        await Sql(house, $"update timeline_entry set account_id = {Nobody} where id in (select id from timeline_entry order by id limit {lines})");
        var type = Cases.Single(c => c.Code == "TODO-TYPE");
        var toDo = await type.Break(house);
        var run = await Check(house, threads: 3, records: 70, maxErrors: 1_000);
        Assert.Equal(("CompletedWithErrors", lines + 1L, run.Selected), (run.State, run.Errors, run.Done + run.Errors));
        Assert.Equal((lines + 1L, lines + 1L), (await Count(house, "select count(distinct record_key) from batch_error"), await Count(house, "select count(*) from event where name = 'batch.record_failed'")));

        // Above its maximum it fails soon; what is open is told to nobody again.
        var failed = await Check(house, threads: 1, maxErrors: 60);
        Assert.Equal("Failed", failed.State);
        Assert.InRange(failed.Errors, 61, 60 + BatchStep.MostInError);
        Assert.Equal(lines + 1L, await Count(house, "select count(*) from to_do where type_code = 'BATCH-ERROR'"));

        // Another rule came past none of them.
        await type.Mend(house);
        await Check(house, "TODO-ADDRESS");
        Assert.NotEqual(0, await OpenOf(toDo));
        await Check(house, "TODO-TYPE");
        Assert.Equal(0, await OpenOf(toDo));
        Assert.NotEqual(0, await Count(house, "select count(*) from batch_error where resolved_at is null"));
        await Sql(house, $"update timeline_entry set account_id = null where account_id = {Nobody}");
        // The one that failed goes on, tries again what it had found, and finds the rest mended.
        Assert.Equal("Completed", (await Check(house)).State);
        Assert.Empty(await Open(house));
        Assert.Equal(0, await Count(house, "select count(*) from to_do where type_code = 'BATCH-ERROR' and state <> 'Complete'"));

        Task<long> OpenOf(string about) => Count(house, $"select count(*) from batch_error where resolved_at is null and about = '{about}'");
    }

    [Fact]
    public async Task Every_rule_has_a_case_that_breaks_it_a_number_of_its_own_and_a_record_that_has_a_name()
    {
        await using var house = await TestHouse.Open(TestDatabase.Sqlite);
        var rules = house.Services.GetServices<ReferenceRule>().ToList();
        Assert.Equal(rules.Select(r => r.Code).Order(StringComparer.Ordinal), Cases.Select(c => c.Code).Order(StringComparer.Ordinal));
        Assert.Equal(rules.Count, rules.Select(r => r.Number).Distinct().Count());
        Assert.All(rules, r => Assert.InRange(r.Number, 1, ReferenceRule.MostNumber));
        Assert.All(rules, r => Assert.EndsWith(".", r.Says, StringComparison.Ordinal));
        var named = house.Services.GetServices<Tieline.Platform.Reasons.RecordPage>().Select(p => p.Kind).ToHashSet(StringComparer.Ordinal);
        // An operator finds them all where a run is submitted.
        using var operators = await house.SignedIn(Roles.Operator);
        var page = await operators.GetStringAsync("/operations/runs/new?Code=REF-CHECK", Ct);
        Assert.All(rules, r => Assert.Contains($"{r.Code}: {System.Text.Encodings.Web.HtmlEncoder.Default.Encode(r.Says)}", page, StringComparison.Ordinal));
        Assert.All(rules.Where(r => r.About.StartsWith('\'')), r => Assert.Contains(r.About[1..r.About.IndexOf(':', StringComparison.Ordinal)], named));
    }

    private static async Task<TestHouse> Town(TestDatabase on)
    {
        var house = await TestHouse.Open(on);
        await house.LoadTown(400, contactsPerPerson: 3);
        return house;
    }

    private static string Nth(string table, int n) => $"(select nth.id from {table} nth order by nth.id limit 1 offset {n})";

    private static string Once(string table, string column, string where) => $"select {column} from {table} where {where} group by {column} having count(*) = 1";

    private static async Task<BatchRunLine> Check(TestHouse house, string? rule = null, int? threads = null, int? records = null, int? maxErrors = null)
    {
        await using var scope = house.As(Roles.Operator);
        var submitted = await scope.Get<SubmitBatch>().Handle(new(CheckReferences.BatchCode, null, rule is null ? null : new Dictionary<string, string> { [CheckReferences.Only] = rule }, threads, records, maxErrors), Ct);
        Assert.True(submitted.Ok, submitted.ToString());
        await house.RunJobs();
        return (await scope.Get<GetBatchRun>().Handle(new(submitted.Value.Id), Ct)).Value;
    }

    private static async Task<IReadOnlyList<BatchErrorLine>> Open(TestHouse house)
    {
        await using var scope = house.As(Roles.Operator);
        return (await scope.Get<ListBatchErrors>().Handle(new(Size: 100), Ct)).Value.Items;
    }

    private static async Task<long> Count(TestHouse house, string sql)
    {
        await using var scope = house.As(Actor.Process("test"));
        return await (await scope.Connection()).ExecuteScalarAsync<long>(sql);
    }

    private static async Task Sql(TestHouse house, string sql)
    {
        await using var scope = house.As(Actor.Process("test"));
        await (await scope.Connection()).ExecuteAsync(sql);
    }

    /// <summary>How a rule is broken, and mended again.</summary>
    private sealed record Case(string Code, string Table, string Where, string Before, string After, string About)
    {
        private const string Kept = "kept_by_test";
        private const long Added = 900_000_100;

        /// <summary>Rows that there are become others.</summary>
        public static Case Of(string code, string table, string where, string set, string about) => new(
            code, table, where, $"create table {Kept} as select * from {table} where {where}; update {table} set {set} where id in (select id from {Kept})",
            string.Join("; ", Columns(set).Select(c => $"update {table} set {c} = (select k.{c} from {Kept} k where k.id = {table}.id) where id in (select id from {Kept})").Append($"drop table {Kept}")), about);

        /// <summary>A row more.</summary>
        public static Case Row(string code, string table, string columns, string select, string about) => new(
            code, table, $"id = {Added}", $"insert into {table} (id, {columns}) select {Added}, added.* from ({select}) added", $"delete from {table} where id = {Added}", about);

        /// <returns>The record that it is about.</returns>
        public async Task<string> Break(TestHouse house)
        {
            await using var scope = house.As(Actor.Process("test"));
            var connection = await scope.Connection();
            var asked = $"select {About} from {Table} where {Where} order by id limit 1";
            // What is added says so itself; of what is changed it is said before.
            var about = Where == $"id = {Added}" ? null : await connection.ExecuteScalarAsync<string>(asked);
            await connection.ExecuteAsync(Before);
            return about ?? await connection.ExecuteScalarAsync<string>(asked) ?? throw new InvalidOperationException($"The town has nothing by which {Code} could be broken.");
        }

        public Task Mend(TestHouse house) => Sql(house, After);

        private static IEnumerable<string> Columns(string set)
        {
            var depth = 0;
            var from = 0;
            for (var i = 0; i <= set.Length; i++)
            {
                depth += i == set.Length ? 0 : set[i] switch { '(' => 1, ')' => -1, _ => 0 };
                if (i < set.Length && (set[i] != ',' || depth > 0))
                    continue;
                yield return set[from..i].Split('=')[0].Trim();
                from = i + 1;
            }
        }
    }
}
