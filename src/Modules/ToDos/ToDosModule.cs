using Tieline.Platform;

namespace Tieline.ToDos;

public sealed class ToDosModule : Module
{
    public override string Name => "ToDos";
}
