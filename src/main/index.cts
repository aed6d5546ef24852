// For `require('convodb')`: Node loads ES modules by it since 22.12 (https://nodejs.org/api/modules.html#loading-ecmascript-modules-using-require).
export * from './index.js'
