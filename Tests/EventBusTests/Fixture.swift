@testable import EventBus
