using Dapper;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Entries;

/// <summary>
/// Gives the actor the work that is next: open, theirs or of one of their roles and within their skills, by priority, then by the day it
/// is due, then by age. They are at work on it from then on; of many who ask at once each gets another.
/// </summary>
internal sealed class NextToDo(AppDb db, CurrentActor actor, ToDoDesk desk) : IUse<NextToDo.Input, NextToDo.Given>
{
    /// <summary>As many may ask at the same moment before one has to look further.</summary>
    private const int Candidates = 64;

    /// <param name="RoleId">Only of this role, to which the actor belongs; of all of them and their own when null.</param>
    public sealed record Input(long? RoleId = null);

    /// <param name="Id">Null when nothing waits.</param>
    public sealed record Given(long? Id);

    public async Task<Outcome<Given>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ToDosPermissions.Work);
        if (desk.Me is not { } me)
            return new Problem(null, "Only an employee can work on a To Do.", "todo.start.not_employee");
        var roles = await desk.MyRoles(ct);
        if (input.RoleId is { } only && !roles.Contains(only))
            return new Problem(nameof(Input.RoleId), "You do not belong to this role.", "todo.role.not_mine");
        var waiting = new Waiting(input.RoleId is null ? await desk.MeAndAbsent(ct) : [], input.RoleId is { } one ? [one] : roles, await desk.MySkills(ct));
        return await db.InTransaction(async () => new Given(await Take(me, waiting, ct)), ct);
    }

    private async Task<long?> Take(long me, Waiting waiting, CancellationToken ct)
    {
        for (var look = Candidates; ; look *= 8)
        {
            if (await FirstFree(waiting, look, ct) is { } toDo)
            {
                toDo.Start(me, actor.Actor.Name);
                await desk.Step(toDo, ToDoSteps.Started, null, new ToDoStarted(toDo.Id, me), ct);
                await db.SaveChangesAsync(ct);
                return toDo.Id;
            }
            // Nothing waits, or all that was looked at is in the hands of others who take it at this moment.
            if (await Count(waiting, look, ct) < look)
                return null;
        }
    }

    /// <summary>Found, held and read in one statement: what others take at this moment is left out by the database.</summary>
    private async Task<ToDo?> FirstFree(Waiting waiting, int look, CancellationToken ct)
    {
        if (waiting.IsNothing)
            return null;
        var sql = $"select t.* from ({waiting.Select(look, at => $"{{{at}}}")}) c join to_do t on t.id = c.id where t.state = 'Open' order by c.priority, c.due_on, c.id limit 1{db.Dialect.HoldFree("t")}";
        var first = await db.Set<ToDo>().FromSqlRaw(sql, [.. waiting.Values]).ToListAsync(ct);
        return first.SingleOrDefault();
    }

    private async Task<long> Count(Waiting waiting, int look, CancellationToken ct)
    {
        if (waiting.IsNothing)
            return 0;
        var (connection, transaction) = await db.Sql(ct);
        var values = new DynamicParameters();
        for (var i = 0; i < waiting.Values.Count; i++)
            values.Add($"v{i}", waiting.Values[i]);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition($"select count(*) from ({waiting.Select(look, at => $"@v{at}")}) c", values, transaction, cancellationToken: ct));
    }

    /// <summary>What waits for some people and roles, as SQL. Each part follows the index and is read no further than it is needed.</summary>
    private sealed class Waiting(IReadOnlyList<long> people, IReadOnlyList<long> roles, IReadOnlyDictionary<long, int> skills)
    {
        private readonly (long Skill, int Level)[] skills = [.. skills.Select(s => (s.Key, s.Value))];

        public bool IsNothing => people.Count + roles.Count == 0;

        /// <summary>In the order in which <see cref="Select"/> names them.</summary>
        public IReadOnlyList<object> Values { get; } = [.. skills.SelectMany(s => new object[] { s.Key, s.Value }), .. roles.Cast<object>(), .. people.Cast<object>()];

        /// <param name="name">Of the value at a place.</param>
        public string Select(int look, Func<int, string> name)
        {
            var level = skills.Length == 0 ? "0" : $"case s.skill_id {string.Concat(Enumerable.Range(0, skills.Length).Select(i => $"when {name(2 * i)} then {name((2 * i) + 1)} "))}else 0 end";
            // What was given to somebody by name is theirs with or without the skill.
            var fit = $"type_code not in (select y.code from to_do_type_skill s join to_do_type y on y.id = s.type_id where s.level > {level})";
            // Each ordered by the other owner too, which is always the same: only ix_to_do_next has that order. Without it the planner may as well follow an index
            // by priority through every open entry, to find that this role has none (measured: seconds instead of a millisecond).
            string Part(string where, string other) => $"select * from (select id, priority, due_on from to_do where state = 'Open' and {where} order by {other}, priority, due_on, id limit {look}) p";
            var first = 2 * skills.Length;
            var parts = roles.Select((_, i) => Part($"employee_id is null and role_id = {name(first + i)} and {fit}", "employee_id"))
                .Concat(people.Select((_, i) => Part($"employee_id = {name(first + roles.Count + i)}", "role_id")));
            return $"{string.Join(" union all ", parts)} order by priority, due_on, id limit {look}";
        }
    }
}
