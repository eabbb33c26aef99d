using Tieline.ToDos;

namespace Tieline.Contacts.Emergency;

/// <summary>Whoever goes to an emergency hears of it whatever rules say.</summary>
internal sealed class EmergencyWork : IToDoMessages
{
    public IReadOnlyList<ToDoMessage> Messages => [];

    public IReadOnlyList<string> Needed => [EmergencyDesk.ToDoType];
}
