namespace Tieline.ToDos.Entries;

internal static class ToDoLists
{
    /// <summary>The shape in which lists show To Dos.</summary>
    public static IQueryable<ToDoLine> Lines(IQueryable<ToDo> toDos) => Rows(toDos).Select(r => r.Line);

    public static IQueryable<ToDoRow> Rows(IQueryable<ToDo> toDos) => toDos.Select(t => new ToDoRow(
        new ToDoLine(
            t.Id, t.TypeCode, t.State.ToString(), t.Priority, t.Subject, t.DueOn, t.DueAt, t.UntilAt, t.EmployeeId, t.RoleId, t.AddressedTo,
            t.WorkedById, t.WorkedBy, t.PersonId, t.AccountId, t.PremiseId, t.ContactId, t.Cause, t.Version, t.HoldUntil),
        t.CreatedAt, t.CompletedAt));

    public static ToDoLine Line(ToDo t) => new(
        t.Id, t.TypeCode, t.State.ToString(), t.Priority, t.Subject, t.DueOn, t.DueAt, t.UntilAt, t.EmployeeId, t.RoleId, t.AddressedTo,
        t.WorkedById, t.WorkedBy, t.PersonId, t.AccountId, t.PremiseId, t.ContactId, t.Cause, t.Version, t.HoldUntil);
}
